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
  config: defineConfig({
    models: {
      graph: {
        use: 'lightgcn',
        config: { layers: 2, temperature: 0.1, batchSize: 1024, learningRate: 0.01, decay: 'linear', epochs: 50 },
      },
    },
    evaluation: gowalla,
    runtime: 'tensorflow',
  }),
} satisfies Accuracy;
