import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { ultragcnMl1m } from '../harness/protocols.ts';

/** The perturbation was chosen on training events. */
const bpr = {
  variant: 'dot',
  biases: true,
  loss: 'bpr',
  negatives: 1,
  factors: 64,
  initScale: 0.1,
  regularization: 0.005,
  learningRate: 0.003,
  batchSize: 4096,
  epochs: 40,
} as const;

export default {
  name: 'apr-ultragcn-ml-1m',
  about:
    'BPR and BPR with adversarially perturbed embeddings (APR, He et al. 2018) on ultragcn-ml-1m, alike in all else.',
  needs: ['ultragcn-ml-1m'],
  asked: {},
  published: { name: 'MF-BPR', metrics: { 'recall@20': 0.2532, 'ndcg@20': 0.244 } },
  random: true,
  config: defineConfig({
    models: {
      bpr: { use: 'neural-mf', config: bpr },
      apr: { use: 'neural-mf', config: { ...bpr, adversarial: { epsilon: 0.15, weight: 0.3 } } },
    },
    evaluation: ultragcnMl1m,
    runtime: 'wasm',
  }),
} satisfies Accuracy;
