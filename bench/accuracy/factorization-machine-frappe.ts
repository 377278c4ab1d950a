import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { frappe } from '../harness/frappe.ts';

/** Epochs, learning rate and regularization were chosen on a tenth of train.csv. */
export default {
  name: 'factorization-machine-frappe',
  about: 'Factorization machines of order 1 and 2 on the frappe click log: each row of valid.csv in its own context.',
  needs: ['frappe'],
  asked: { 'models.first auc': { atLeast: 0.934 }, 'models.second auc': { atLeast: 0.966 } },
  published: { name: 'FM, BARS (its test file)', metrics: { auc: 0.967 } },
  random: true,
  config: defineConfig({
    ...frappe,
    models: {
      first: { use: 'factorization-machine', config: { order: 1, epochs: 7 } },
      second: { use: 'factorization-machine', config: { epochs: 13 } },
    },
    runtime: 'wasm',
  }),
} satisfies Accuracy;
