import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { ultragcnMl1m } from '../harness/protocols.ts';

const shared = { batchSize: 250, epochs: 80, patience: 10 } as const;

export default {
  name: 'autoencoder-ultragcn-ml-1m',
  about:
    'Mult-VAE and a denoising autoencoder on ultragcn-ml-1m beside item-knn: all items ranked, the training items masked; stopped early on the validation part.',
  needs: ['ultragcn-ml-1m'],
  asked: {
    'models.variational recall@20': { atLeast: 0.27 },
    'models.variational ndcg@20': { atLeast: 0.26 },
  },
  published: { name: 'UltraGCN', metrics: { 'recall@20': 0.2787, 'ndcg@20': 0.2642 } },
  random: true,
  config: defineConfig({
    models: {
      variational: {
        use: 'autoencoder',
        config: {
          ...shared,
          hidden: [],
          code: 400,
          learningRate: 0.003,
          dropout: 0.3,
          weightDecay: 0.1,
          beta: 0.3,
          annealEpochs: 30,
          decay: 'linear',
          epochs: 60,
        },
      },
      denoising: {
        use: 'autoencoder',
        config: { ...shared, variant: 'denoising', code: 300, dropout: 0.7, weightDecay: 0.01 },
      },
      alike: { use: 'item-knn', config: { neighbors: 100 } },
    },
    evaluation: {
      ...ultragcnMl1m,
      split: {
        use: 'given',
        train: { path: 'ultragcn-ml-1m/train.txt', format: 'user-items' },
        validation: { path: 'ultragcn-ml-1m/validation.txt', format: 'user-items' },
        test: { path: 'ultragcn-ml-1m/test.txt', format: 'user-items' },
      },
    },
    runtime: 'wasm',
  }),
} satisfies Accuracy;
