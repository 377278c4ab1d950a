import type { ConfigInput } from 'recograph';

const CONTEXT = ['daytime', 'weekday', 'isweekend', 'homework', 'cost', 'weather', 'country', 'city'];
const clicks = (path: string) => ({
  path: `frappe/${path}`,
  format: 'csv' as const,
  columns: { user: 'user', item: 'item', value: 'label', context: CONTEXT },
});

/** The frappe click log: train.csv to learn from, each row of valid.csv scored in its own context. */
export const frappe = {
  data: {
    feedback: { rating: { kind: 'explicit', min: 1 } },
    features: { context: Object.fromEntries(CONTEXT.map((name) => [name, { kind: 'category', minCount: 1 }])) },
  },
  evaluation: {
    split: { use: 'given', train: clicks('train.csv'), test: clicks('valid.csv') },
    metrics: ['auc', 'logloss'],
  },
} satisfies Pick<ConfigInput, 'data' | 'evaluation'>;
