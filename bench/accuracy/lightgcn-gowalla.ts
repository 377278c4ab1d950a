import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { gowalla } from '../harness/protocols.ts';

export default {
  name: 'lightgcn-gowalla',
  about: "LightGCN with sampled softmax on gowalla, LightGCN's split: all items ranked, the training items masked.",
  needs: ['gowalla'],
  asked: { 'recall@20': { atLeast: 0.182 }, 'ndcg@20': { atLeast: 0.1547 } },
  published: { name: 'LightGCN, BARS', metrics: { 'recall@20': 0.182, 'ndcg@20': 0.1547 } },
  random: true,
  heldOut: 0.2,
  config: defineConfig({
    models: {
      graph: {
        use: 'lightgcn',
        config: {
          factors: 256,
          layers: 2,
          negatives: 512,
          inBatch: 2048,
          lengthExponent: 0.75,
          batchSize: 1024,
          decay: 'linear',
          epochs: 10,
        },
      },
    },
    evaluation: gowalla,
    runtime: 'tensorflow',
  }),
} satisfies Accuracy;
