import {
  type CatalogueMetric,
  type ListMetric,
  type Metric,
  type PointMetric,
  RecographError,
} from '../../spi/index.ts';
import { averagePrecision, f1, hitRate, ndcg, precision, recall, reciprocalRank } from './accuracy.ts';
import { diversity, novelty, serendipity } from './beyond-accuracy.ts';
import { coverage, gini } from './catalogue.ts';
import { accuracy, auc, logloss, mae, rmse } from './points.ts';

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

/** A metric asked for: `ndcg@10` is `{ name: 'ndcg@10', k: 10, metric: ndcg }`; over rows k is 0. */
export type AskedMetric = { readonly name: string; readonly needsBothLabels?: boolean } & (
  | { readonly k: number; readonly metric: ListMetric }
  | { readonly k: number; readonly metric: CatalogueMetric }
  | { readonly k: 0; readonly metric: PointMetric }
);

/**
 * The metrics that `names` ask for; `custom` adds plugins' own by type name. A metric over lists needs `@k`, one over
 * rows takes none. Throws CONFIG_INVALID naming the place in `evaluation.metrics`.
 */
export const parseMetrics = (
  names: readonly string[],
  custom: Readonly<Record<string, Metric>> = {},
): readonly AskedMetric[] => {
  const known: Readonly<Record<string, Metric>> = { ...custom, ...builtInMetrics };
  return [...new Set(names)].map((name, place): AskedMetric => {
    const at = `evaluation.metrics[${place}]`;
    const fail = (problem: string) => new RecographError('CONFIG_INVALID', `${at} is "${name}": ${problem}`, { at });
    const [, base = '', cut] = /^([^@]+?)(?:@(\d+))?$/.exec(name) ?? [];
    const metric = Object.hasOwn(known, base) ? known[base] : undefined;
    if (!metric) throw fail(`no such metric. Known: ${Object.keys(known).join(', ')}; those over lists take @k.`);
    if (metric.over === 'rows') {
      if (cut !== undefined) throw fail(`${base} is over test rows and takes no @k. Write "${base}".`);
      return { name, k: 0, metric, needsBothLabels: metric === auc };
    }
    const k = Number(cut);
    if (!(k >= 1)) throw fail(`${base} is over lists and needs a cut of at least 1. Write "${base}@10".`);
    return metric.over === 'list' ? { name, k, metric } : { name, k, metric };
  });
};
