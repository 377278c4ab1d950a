import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { ultragcnMl1m } from '../harness/protocols.ts';

export default {
  name: 'ease-ultragcn-ml-1m',
  about: 'EASE on ultragcn-ml-1m: all items ranked, the training items masked.',
  needs: ['ultragcn-ml-1m'],
  asked: { 'recall@20': { atLeast: 0.276 }, 'ndcg@20': { atLeast: 0.266 } },
  published: { name: 'UltraGCN', metrics: { 'recall@20': 0.2787, 'ndcg@20': 0.2642 } },
  random: false,
  config: defineConfig({
    models: { alike: { use: 'ease', config: { regularization: 700 } } },
    evaluation: ultragcnMl1m,
  }),
} satisfies Accuracy;
