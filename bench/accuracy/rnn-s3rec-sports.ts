import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { s3rec } from '../harness/protocols.ts';

export default {
  name: 'rnn-s3rec-sports',
  about: "GRU4Rec on S3-Rec's Sports: the last item of each user among all items but the seen ones.",
  needs: ['s3rec'],
  asked: { 'hr@10': { atLeast: 0.0306, aim: 0.0408 }, 'ndcg@10': { atLeast: 0.0165, aim: 0.022 } },
  published: { name: 'GRU4Rec, S3-Rec paper', metrics: { 'hr@10': 0.0204, 'ndcg@10': 0.011 } },
  random: true,
  config: defineConfig({
    data: { interactions: { path: 's3rec/Sports_and_Outdoors.txt', format: 'user-items' } },
    models: { next: { use: 'rnn', config: { learningRate: 0.003, epochs: 45, patience: 8 } } },
    evaluation: s3rec,
    runtime: 'wasm',
  }),
} satisfies Accuracy;
