import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { ml100kFolds } from '../harness/ml-100k.ts';

/** Epochs and regularization were chosen on a tenth of u1.base. */
export default {
  name: 'svdpp-ml-100k',
  about: 'SVD++ on MovieLens 100K: the ratings of the five given folds.',
  needs: ['ml-100k'],
  asked: { rmse: { atMost: 0.919 } },
  published: { name: 'Surprise SVD++', metrics: { rmse: 0.919, mae: 0.721 } },
  random: true,
  config: defineConfig({
    models: { ratings: { use: 'mf', config: { variant: 'svd++', factors: 20, epochs: 11 } } },
    evaluation: ml100kFolds,
    runtime: 'wasm',
  }),
} satisfies Accuracy;
