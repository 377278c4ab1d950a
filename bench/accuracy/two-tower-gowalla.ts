import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { gowalla } from '../harness/protocols.ts';

export default {
  name: 'two-tower-gowalla',
  about:
    "Two towers (ids of items; the history, pooled) on gowalla, LightGCN's split: all items ranked, the training items masked.",
  needs: ['gowalla'],
  asked: { 'recall@20': { atLeast: 0.1754 }, 'ndcg@20': { atLeast: 0.1473 } },
  published: { name: 'YoutubeDNN, BARS', metrics: { 'recall@20': 0.1754, 'ndcg@20': 0.1473 } },
  random: true,
  heldOut: 0.2,
  config: defineConfig({
    models: {
      towers: {
        use: 'two-tower',
        config: {
          ids: ['item'],
          dimensions: 128,
          temperature: 0.07,
          popularity: 0.05,
          batchSize: 128,
          learningRate: 0.01,
          decay: 'linear',
          epochs: 12,
        },
      },
    },
    evaluation: gowalla,
    runtime: 'tensorflow',
  }),
} satisfies Accuracy;
