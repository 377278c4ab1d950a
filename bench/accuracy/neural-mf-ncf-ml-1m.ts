import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { ncfMl1m } from '../harness/protocols.ts';

export default {
  name: 'neural-mf-ncf-ml-1m',
  about: 'neural-mf, the inner product with L2, on ncf-ml-1m: the last item against 99 given negatives.',
  needs: ['ncf-ml-1m'],
  asked: { 'hr@10': { atLeast: 0.7093, aim: 0.73 }, 'ndcg@10': { atLeast: 0.4349, aim: 0.452 } },
  published: { name: 'MF, Rendle et al. 2020', metrics: { 'hr@10': 0.7294, 'ndcg@10': 0.4523 } },
  random: true,
  config: defineConfig({
    models: {
      taste: {
        use: 'neural-mf',
        config: {
          variant: 'dot',
          biases: true,
          factors: 192,
          sampling: 'whole',
          negatives: 8,
          regularization: 0.006,
          initScale: 0.1,
          learningRate: 0.02,
          decay: 'linear',
          batchSize: 64,
          epochs: 24,
        },
      },
    },
    evaluation: ncfMl1m,
    runtime: 'wasm',
  }),
} satisfies Accuracy;
