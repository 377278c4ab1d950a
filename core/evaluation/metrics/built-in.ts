import { z } from 'zod';
import type { Metric } from '../../spi/index.ts';
import {
  averagePrecision,
  f1,
  type Gains,
  hitRate,
  ndcg,
  ndcgWith,
  precision,
  recall,
  reciprocalRank,
} from './accuracy.ts';
import { diversity, novelty, serendipity } from './beyond-accuracy.ts';
import { coverage, gini } from './catalogue.ts';
import { accuracy, auc, logloss, mae, rmse } from './points.ts';
import type { MetricFactory } from './slot.ts';

/** Raised when a definition changes: figures of different versions are not comparable. */
export const METRIC_DEFINITIONS = 1;

/** Every built-in metric by name; docs/metrics.md has the formulas. */
export const builtInMetrics = {
  recall,
  ndcg,
  hr: hitRate,
  mrr: reciprocalRank,
  map: averagePrecision,
  precision,
  f1,
  coverage,
  gini,
  novelty,
  diversity,
  serendipity,
  auc,
  logloss,
  rmse,
  mae,
  accuracy,
} as const satisfies Record<string, Metric>;

/** Those that take a config. */
export const configurable: Readonly<Record<string, MetricFactory>> = {
  ndcg: {
    schema: z.strictObject({
      gains: z
        .enum(['binary', 'linear', 'exponential'])
        .default('binary')
        .describe('What finding an item is worth: 1, its value, or 2^value - 1.'),
    }),
    create: (config) => ndcgWith((config as { gains: Gains }).gains),
  },
};
