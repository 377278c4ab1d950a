import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { s3rec } from '../harness/protocols.ts';

export default {
  name: 'attention-sasrec-ml-1m',
  about: 'SASRec on MovieLens 1M: the last item of each user among all items but the seen ones. One seed: it is long.',
  needs: ['sasrec-ml-1m'],
  asked: { 'hr@10': { atLeast: 0.3152 }, 'ndcg@10': { atLeast: 0.1821 } },
  published: {
    name: 'SASRec with cross-entropy, Klenitskiy & Vasilev 2023',
    metrics: { 'hr@10': 0.3152, 'ndcg@10': 0.1821 },
  },
  random: true,
  config: defineConfig({
    data: { interactions: { path: 'sasrec-ml-1m/sequences.txt', format: 'user-items' } },
    models: {
      next: {
        use: 'attention',
        config: {
          length: 200,
          heads: 1,
          dropout: 0.2,
          loss: 'softmax',
          learningRate: 0.001,
          batchSize: 64,
          epochs: 100,
          patience: 10,
        },
      },
    },
    evaluation: s3rec,
    runtime: 'tensorflow',
  }),
} satisfies Accuracy;
