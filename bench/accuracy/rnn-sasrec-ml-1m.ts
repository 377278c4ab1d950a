import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { s3rec } from '../harness/protocols.ts';

export default {
  name: 'rnn-sasrec-ml-1m',
  about: 'GRU4Rec on MovieLens 1M: the last item of each user among all items but the seen ones. One seed: it is long.',
  needs: ['sasrec-ml-1m'],
  asked: { 'hr@10': { atLeast: 0.2776 }, 'ndcg@10': { atLeast: 0.1545 } },
  published: { name: 'GRU4Rec, RecBole', metrics: { 'hr@10': 0.2776, 'ndcg@10': 0.1545 } },
  random: true,
  config: defineConfig({
    data: { interactions: { path: 'sasrec-ml-1m/sequences.txt', format: 'user-items' } },
    models: {
      next: {
        use: 'rnn',
        config: { length: 200, dropout: 0.3, learningRate: 0.003, batchSize: 64, epochs: 100, patience: 8 },
      },
    },
    evaluation: s3rec,
    runtime: 'wasm',
  }),
} satisfies Accuracy;
