import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { s3rec } from '../harness/protocols.ts';

export default {
  name: 'attention-s3rec-beauty',
  about: "SASRec on S3-Rec's Beauty: the last item of each user among all items but the seen ones.",
  needs: ['s3rec'],
  asked: { 'hr@10': { atLeast: 0.0605, aim: 0.0921 }, 'ndcg@10': { atLeast: 0.0318, aim: 0.0531 } },
  published: { name: 'SASRec, S3-Rec paper', metrics: { 'hr@10': 0.0605, 'ndcg@10': 0.0318 } },
  random: true,
  config: defineConfig({
    data: { interactions: { path: 's3rec/Beauty.txt', format: 'user-items' } },
    models: { next: { use: 'attention', config: { learningRate: 0.003, epochs: 60, patience: 8 } } },
    evaluation: s3rec,
    runtime: 'wasm',
  }),
} satisfies Accuracy;
