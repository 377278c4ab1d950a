import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';

const CONTEXT = ['daytime', 'weekday', 'isweekend', 'homework', 'cost', 'weather', 'country', 'city'];
const clicks = (path: string) => ({
  path: `frappe/${path}`,
  format: 'csv' as const,
  columns: { user: 'user', item: 'item', value: 'label', context: CONTEXT },
});

export default {
  name: 'logistic-regression-frappe',
  about: 'Logistic regression on the frappe click log: each row of valid.csv in its own context.',
  needs: ['frappe'],
  asked: { auc: { atLeast: 0.93 } },
  published: { name: 'LR, BARS (its test file)', metrics: { auc: 0.936 } },
  random: true,
  config: defineConfig({
    models: { clicks: { use: 'logistic-regression' } },
    data: {
      feedback: { rating: { kind: 'explicit', min: 1 } },
      features: { context: Object.fromEntries(CONTEXT.map((name) => [name, { kind: 'category' as const }])) },
    },
    evaluation: {
      split: { use: 'given', train: clicks('train.csv'), test: clicks('valid.csv') },
      metrics: ['auc', 'logloss'],
    },
  }),
} satisfies Accuracy;
