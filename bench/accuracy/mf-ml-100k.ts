import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { ml100kFolds } from '../harness/ml-100k.ts';

export default {
  name: 'mf-ml-100k',
  about: 'Biased MF on MovieLens 100K: the ratings of the five given folds; settings chosen on a tenth of u1.base.',
  needs: ['ml-100k'],
  asked: { rmse: { atMost: 0.934 }, mae: { atMost: 0.737 } },
  published: { name: 'Surprise SVD', metrics: { rmse: 0.934, mae: 0.737 } },
  random: true,
  config: defineConfig({
    models: { ratings: { use: 'mf', config: { factors: 32, epochs: 10, regularization: 0.1 } } },
    evaluation: ml100kFolds,
    runtime: 'wasm',
  }),
} satisfies Accuracy;
