import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { lastItem } from '../harness/protocols.ts';

export default {
  name: 'attention-sasrec-ml-1m',
  about:
    'SASRec on MovieLens 1M: the last item of each user among all items but the seen ones, learned from all before it. One seed: it is long.',
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
          windows: 'all',
          learningRate: 0.002,
          warmup: 0.05,
          decay: 'linear',
          batchSize: 64,
          epochs: 40,
        },
      },
    },
    evaluation: lastItem,
    runtime: 'tensorflow',
  }),
} satisfies Accuracy;
