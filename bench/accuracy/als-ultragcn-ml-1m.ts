import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { ultragcnMl1m } from '../harness/protocols.ts';

export default {
  name: 'als-ultragcn-ml-1m',
  about: 'iALS on ultragcn-ml-1m: all items ranked, the training items masked.',
  needs: ['ultragcn-ml-1m'],
  asked: { 'recall@20': { atLeast: 0.281 }, 'ndcg@20': { atLeast: 0.266 } },
  published: { name: 'UltraGCN', metrics: { 'recall@20': 0.2787, 'ndcg@20': 0.2642 } },
  random: true,
  config: defineConfig({
    models: { taste: { use: 'als', config: { factors: 128, regularization: 0.007, unobservedWeight: 0.3 } } },
    evaluation: ultragcnMl1m,
  }),
} satisfies Accuracy;
