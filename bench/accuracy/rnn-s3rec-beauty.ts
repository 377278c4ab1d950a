import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { s3rec } from '../harness/protocols.ts';

export default {
  name: 'rnn-s3rec-beauty',
  about: "GRU4Rec on S3-Rec's Beauty: the last item of each user among all items but the seen ones.",
  needs: ['s3rec'],
  asked: { 'hr@10': { atLeast: 0.0424, aim: 0.0566 }, 'ndcg@10': { atLeast: 0.0205, aim: 0.0274 } },
  published: { name: 'GRU4Rec, S3-Rec paper', metrics: { 'hr@10': 0.0283, 'ndcg@10': 0.0137 } },
  random: true,
  config: defineConfig({
    data: { interactions: { path: 's3rec/Beauty.txt', format: 'user-items' } },
    models: { next: { use: 'rnn', config: { learningRate: 0.003, epochs: 60, patience: 8 } } },
    evaluation: s3rec,
    runtime: 'wasm',
  }),
} satisfies Accuracy;
