import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { frappe } from '../harness/frappe.ts';

/** A network narrow enough to score 1,000 candidates in a few milliseconds; the rest was chosen on a tenth of train.csv. */
export const config = {
  hidden: [128, 128, 64],
  dropout: 0.3,
  epochs: 45,
  batchSize: 4096,
  learningRate: 0.003,
  decay: 'linear' as const,
  regularization: 5000,
  frequencyScaling: 0,
};

export default {
  name: 'deep-fm-frappe',
  about: 'DeepFM and its network alone on the frappe click log: each row of valid.csv in its own context.',
  needs: ['frappe'],
  asked: { 'models.deep auc': { atLeast: 0.982 }, 'models.deepFm auc': { atLeast: 0.983 } },
  published: { name: 'DeepFM, BARS (its test file)', metrics: { auc: 0.984 } },
  random: true,
  config: defineConfig({
    ...frappe,
    models: {
      deep: { use: 'deep-fm', config: { ...config, variant: 'deep' } },
      deepFm: { use: 'deep-fm', config },
    },
    runtime: 'wasm',
  }),
} satisfies Accuracy;
