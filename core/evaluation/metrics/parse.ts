import { parseWith } from '../../registry/issues.ts';
import { alternatives, throwProblems } from '../../registry/problems.ts';
import {
  type CatalogueMetric,
  type ListMetric,
  type Metric,
  type PointMetric,
  RecographError,
} from '../../spi/index.ts';
import { builtInMetrics, configurable } from './built-in.ts';
import { auc } from './points.ts';
import { type MetricFactory, type MetricSlot, nameOf } from './slot.ts';

/** A metric asked for: `ndcg@10` is `{ name: 'ndcg@10', k: 10, metric: ndcg }`; over rows k is 0. */
export type AskedMetric = { readonly name: string; readonly needsBothLabels?: boolean } & (
  | { readonly k: number; readonly metric: ListMetric }
  | { readonly k: number; readonly metric: CatalogueMetric }
  | { readonly k: 0; readonly metric: PointMetric }
);

/** Metrics by type name: those without a config as they are. */
export type Metrics = Readonly<Record<string, Metric | MetricFactory>>;

/**
 * The metrics that a protocol asks for; `custom` adds plugins' own by type name. A metric over lists needs a cut k, one
 * over rows takes none. Configs are parsed, defaults filled in. Throws CONFIG_INVALID naming the place in
 * `evaluation.metrics`, PLUGIN_INVALID where a plugin's metric has the name of a built-in one.
 */
export const parseMetrics = (slots: readonly MetricSlot[], custom: Metrics = {}): readonly AskedMetric[] => {
  refuseShadowing(Object.keys(custom));
  const known: Metrics = { ...builtInMetrics, ...configurable, ...custom };
  const asked = new Map<string, AskedMetric>();
  const written = new Map<string, string>();
  for (const [place, slot] of slots.entries()) {
    const at = `evaluation.metrics[${place}]`;
    const one = parseMetric(slot, known, at);
    const text = JSON.stringify(slot);
    if (asked.has(one.name) && written.get(one.name) !== text) {
      const message = `${at} has the name "${one.name}", as another metric has. Give one of them a \`name\`.`;
      throw new RecographError('CONFIG_INVALID', message, { at });
    }
    asked.set(one.name, one);
    written.set(one.name, text);
  }
  return [...asked.values()];
};

/** Throws PLUGIN_INVALID for types that are built in. */
export const refuseShadowing = (types: readonly string[]): void => {
  const taken = types.find((type) => Object.hasOwn(builtInMetrics, type));
  if (taken === undefined) return;
  const message = `A plugin declares the metric "${taken}", which is built in. Give it another type name.`;
  throw new RecographError('PLUGIN_INVALID', message, { at: 'plugins' });
};

const parseMetric = (slot: MetricSlot, known: Metrics, at: string): AskedMetric => {
  const name = nameOf(slot);
  const shown = typeof slot === 'string' ? slot : slot.use;
  const fail = (problem: string) => new RecographError('CONFIG_INVALID', `${at} is "${shown}": ${problem}`, { at });
  const [base, cut] = partsOf(slot);
  const entry = Object.hasOwn(known, base) ? known[base] : undefined;
  if (!entry) throw fail(`no such metric.${alternatives(base, Object.keys(known))} Those over lists take @k.`);
  const metric = 'over' in entry ? withoutConfig(entry, slot, base, at) : made(entry, slot, at);
  if (metric.over === 'rows') {
    if (cut !== undefined) throw fail(`${base} is over test rows and takes no k. Write "${base}".`);
    return { name, k: 0, metric, needsBothLabels: metric === auc };
  }
  if (!(Number(cut) >= 1)) throw fail(`${base} is over lists and needs a cut of at least 1. Write "${base}@10".`);
  const k = Number(cut);
  return metric.over === 'list' ? { name, k, metric } : { name, k, metric };
};

/** The metric's type and its cut. */
const partsOf = (slot: MetricSlot): readonly [string, string | number | undefined] => {
  const [, base = '', cut] = /^([^@]+?)(?:@(\d+))?$/.exec(typeof slot === 'string' ? slot : slot.use) ?? [];
  return [base, cut ?? (typeof slot === 'string' ? undefined : slot.k)];
};

const withoutConfig = (metric: Metric, slot: MetricSlot, base: string, at: string): Metric => {
  if (typeof slot === 'string' || slot.config === undefined) return metric;
  const message = `${at}.config is given, but ${base} takes no config. Leave it out.`;
  throw new RecographError('CONFIG_INVALID', message, { at: `${at}.config` });
};

const made = ({ schema, create }: MetricFactory, slot: MetricSlot, at: string): Metric => {
  const config = typeof slot === 'string' ? {} : (slot.config ?? {});
  const { output, problems } = parseWith(schema, config, [at, 'config']);
  throwProblems(problems);
  return create(output);
};
