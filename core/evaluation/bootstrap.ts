import { countDraws } from '../math/index.ts';
import type { Rng } from '../spi/index.ts';

export const RESAMPLES = 1000;

/** Mean over the numbers; NaN entries are left out; NaN where none is left. */
export const meanOf = (values: Float64Array): number => {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (value !== value) continue;
    sum += value;
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
};

/**
 * Resampled figures (Efron 1979): `RESAMPLES` times as many users as there are are drawn with replacement and `figure`
 * is taken under the number of times each was drawn.
 */
export const resample = (users: number, rng: Rng, figures: readonly ((times: Float64Array) => number)[]) => {
  const replicates = figures.map(() => new Float64Array(RESAMPLES));
  const times = new Float64Array(users);
  for (let r = 0; r < RESAMPLES; r++) {
    countDraws(rng, times);
    for (let f = 0; f < figures.length; f++) replicates[f]![r] = figures[f]!(times);
  }
  return replicates;
};

/** The mean of one value a user under the number of times each user was drawn. */
export const weightedMean =
  (values: Float64Array) =>
  (times: Float64Array): number => {
    let sum = 0;
    let count = 0;
    for (let u = 0; u < values.length; u++) {
      const value = values[u]!;
      if (value !== value) continue;
      sum += times[u]! * value;
      count += times[u]!;
    }
    return count === 0 ? Number.NaN : sum / count;
  };

/** The 95 % percentile interval of replicates: their 2.5 % and 97.5 % quantiles, linear between neighbours. */
export const interval = (replicates: Float64Array): [number, number] | undefined => {
  const sorted = replicates.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0) return undefined;
  const quantile = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(sorted.length - 1, below + 1);
    return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
  };
  return [quantile(0.025), quantile(0.975)];
};

/** The mean of several folds' replicates, draw by draw. */
export const meanReplicates = (folds: readonly Float64Array[]): Float64Array =>
  Float64Array.from({ length: RESAMPLES }, (_, r) => meanOf(Float64Array.from(folds, (fold) => fold[r]!)));
