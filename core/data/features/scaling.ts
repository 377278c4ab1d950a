/** Running mean and variance (Welford 1962). */
export interface Moments {
  add(value: number): void;
  readonly mean: number;
  /** Population standard deviation; 1 where all values are equal, so that dividing by it is safe. */
  readonly deviation: number;
}

export const createMoments = (): Moments => {
  let count = 0;
  let mean = 0;
  let squares = 0;
  return {
    add: (value) => {
      const before = value - mean;
      mean += before / ++count;
      squares += before * (value - mean);
    },
    get mean() {
      return mean;
    },
    get deviation() {
      const deviation = count === 0 ? 0 : Math.sqrt(squares / count);
      return deviation > 1e-12 * Math.abs(mean) ? deviation : 1;
    },
  };
};

/** sign(x) ln(1 + |x|): symmetric, 0 at 0. */
export const signedLog = (value: number): number => Math.sign(value) * Math.log1p(Math.abs(value));

/** Ascending distinct inner bounds that cut `values` into `buckets` parts of about equal count. */
export const quantileBounds = (values: readonly number[], buckets: number): readonly number[] => {
  const sorted = Float64Array.from(values).sort();
  const bounds = new Set<number>();
  for (let b = 1; b < buckets && sorted.length > 0; b++) {
    const bound = sorted[Math.floor((b * sorted.length) / buckets)]!;
    if (bound > sorted[0]!) bounds.add(bound);
  }
  return [...bounds];
};

/** How many of the ascending bounds are <= value. */
export const bucketOf = (bounds: readonly number[], value: number): number => {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bounds[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
};
