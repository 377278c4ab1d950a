import { resampledMeans } from '../math/index.ts';
import type { Kernels, MetricData, Ragged, Rng } from '../spi/index.ts';
import { meanOf, RESAMPLES, resample } from './bootstrap.ts';
import type { Cases } from './cases.ts';
import { rowOf } from './cases.ts';
import type { Lists } from './list-writer.ts';
import type { AskedMetric } from './metrics/index.ts';
import { whyOfLists, whyOfRows } from './notes.ts';
import type { PointScores } from './points.ts';

/** What one target reached in one fold. */
export interface FoldFigures {
  readonly metrics: Record<string, number>;
  /** Bootstrap replicates by metric. */
  readonly replicates: Record<string, Float64Array>;
  /** One value a case by list metric. */
  readonly values: Record<string, Float64Array>;
  /** Why a figure is undefined, by metric. */
  readonly why: Record<string, string>;
}

/** All metrics over lists, every k, in one pass over the cases. */
export const figuresOfLists = async (
  asked: readonly AskedMetric[],
  lists: Lists,
  cases: Cases,
  data: MetricData,
  { kernels, rng }: { readonly kernels: Kernels; readonly rng: Rng },
): Promise<FoldFigures> => {
  const count = cases.users.length;
  const metrics: Record<string, number> = {};
  const perUser: {
    name: string;
    k: number;
    of: ReturnType<Extract<AskedMetric['metric'], { over: 'list' }>['prepare']>;
  }[] = [];
  for (const { name, k, metric } of asked) {
    if (metric.over === 'list') perUser.push({ name, k, of: metric.prepare(data) });
    if (metric.over === 'lists') metrics[name] = count === 0 ? Number.NaN : metric.prepare(data)(cutAt(lists, k), k);
  }
  const values = perUser.map(() => new Float64Array(count));
  for (let c = 0; c < count; c++) {
    const from = c * lists.width;
    const to = from + lists.lengths[c]!;
    const list = {
      user: cases.users[c]!,
      items: lists.items.subarray(from, to),
      hits: lists.hits.subarray(from, to),
      relevant: rowOf(cases.relevant, c),
      grades: cases.grades.subarray(cases.relevant.offsets[c]!, cases.relevant.offsets[c + 1]!),
    };
    for (let m = 0; m < perUser.length; m++) values[m]![c] = perUser[m]!.of(list, perUser[m]!.k);
  }
  const replicates = count === 0 ? [] : await resampledMeans(kernels, values, RESAMPLES, rng);
  const byName = <T>(list: readonly T[]) => Object.fromEntries(list.map((entry, m) => [perUser[m]!.name, entry]));
  const all = { ...metrics, ...byName(values.map(meanOf)) };
  return {
    metrics: all,
    why: whyOfLists(all, count),
    replicates: byName(replicates),
    values: byName(values),
  };
};

const cutAt = ({ width, lengths, items }: Lists, k: number): Ragged => {
  const offsets = new Uint32Array(lengths.length + 1);
  for (let c = 0; c < lengths.length; c++) offsets[c + 1] = offsets[c]! + Math.min(k, lengths[c]!);
  const values = new Int32Array(offsets[lengths.length]!);
  for (let c = 0; c < lengths.length; c++) {
    values.set(items.subarray(c * width, c * width + Math.min(k, lengths[c]!)), offsets[c]!);
  }
  return { offsets, values };
};

/** All metrics over test rows; their bootstrap draws users with all of their rows. */
export const figuresOfRows = (asked: readonly AskedMetric[], rows: PointScores, rng: Rng): FoldFigures => {
  const count = rows.scores.length;
  const figures: { name: string; of: (weights: Float64Array) => number }[] = [];
  for (const { name, metric } of asked) if (metric.over === 'rows') figures.push({ name, of: metric.prepare(rows) });
  const places = new Map<number, number>();
  const placeOf = Int32Array.from(rows.users, (user) => {
    if (!places.has(user)) places.set(user, places.size);
    return places.get(user)!;
  });
  const once = new Float64Array(count).fill(1);
  const weights = new Float64Array(count);
  const weighted = figures.map(({ of }, f) => (times: Float64Array) => {
    if (f === 0) for (let r = 0; r < count; r++) weights[r] = times[placeOf[r]!]!;
    return of(weights);
  });
  const replicates = count === 0 ? [] : resample(places.size, rng, weighted);
  const metrics = Object.fromEntries(figures.map(({ name, of }) => [name, of(once)]));
  return {
    metrics,
    why: whyOfRows(metrics, rows),
    replicates: Object.fromEntries(replicates.map((entry, f) => [figures[f]!.name, entry])),
    values: {},
  };
};
