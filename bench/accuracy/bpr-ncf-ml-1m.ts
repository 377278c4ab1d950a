import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { ncfMl1m } from '../harness/protocols.ts';

export default {
  name: 'bpr-ncf-ml-1m',
  about: 'BPR on ncf-ml-1m: the last item against 99 given negatives.',
  needs: ['ncf-ml-1m'],
  asked: {},
  random: true,
  config: defineConfig({
    models: { order: { use: 'bpr', config: { epochs: 60, learningRate: 0.03, regularization: 0.003 } } },
    evaluation: ncfMl1m,
  }),
} satisfies Accuracy;
