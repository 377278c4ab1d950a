import type { AskedMetric } from '../evaluation/index.ts';
import type { Config } from '../registry/sections/index.ts';
import type { Json, Store } from '../spi/index.ts';

type Metrics = Readonly<Record<string, Readonly<Record<string, number | null>>>>;

/**
 * Whether a bundle may replace the active one by itself: the first metric of the config, of its first pipeline, is at
 * least (1 - tolerance) times that of the active bundle (at most 1 + tolerance times, where lower is better). Each was
 * measured on the newest events of its own data, so the tolerance covers that difference too. What cannot be compared
 * is not worse.
 */
export const isNotWorse = async (
  store: Store,
  metrics: Metrics,
  config: Config,
  first: AskedMetric | undefined,
  tolerance: number,
): Promise<boolean> => {
  const [pipeline] = Object.keys(config.pipelines);
  if (pipeline === undefined || first === undefined) return true;
  const { name: metric } = first;
  const active = await store.activeBundle();
  const before = figure((await store.bundles()).find(({ id }) => id === active)?.metrics ?? null, pipeline, metric);
  const now = figure(metrics as Json, pipeline, metric);
  if (before === undefined || now === undefined) return true;
  return first.metric.lowerIsBetter ? now <= before * (1 + tolerance) : now >= before * (1 - tolerance);
};

const figure = (metrics: Json, pipeline: string, metric: string): number | undefined => {
  const value = (metrics as Metrics | null)?.[`pipelines.${pipeline}`]?.[metric];
  return typeof value === 'number' ? value : undefined;
};
