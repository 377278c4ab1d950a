import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { ncfMl1m } from '../harness/protocols.ts';

export default {
  name: 'als-ncf-ml-1m',
  about: 'iALS on ncf-ml-1m: the last item against 99 given negatives; settings chosen on training events.',
  needs: ['ncf-ml-1m'],
  asked: { 'hr@10': { atLeast: 0.729 }, 'ndcg@10': { atLeast: 0.451 } },
  published: { name: 'MF, Rendle et al. 2020', metrics: { 'hr@10': 0.7294, 'ndcg@10': 0.4523 } },
  random: true,
  config: defineConfig({
    models: {
      taste: {
        use: 'als',
        config: { factors: 256, epochs: 24, regularization: 0.007, unobservedWeight: 0.3 },
      },
    },
    evaluation: ncfMl1m,
  }),
} satisfies Accuracy;
