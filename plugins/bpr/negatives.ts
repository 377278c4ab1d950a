/** How often each item is drawn as a negative: popularity ** skew; none when all are drawn alike. */
export const negativeWeights = (counts: Uint32Array, skew: number): { negativeWeights?: Float64Array } =>
  skew === 0 ? {} : { negativeWeights: Float64Array.from(counts, (count) => Math.max(1, count) ** skew) };
