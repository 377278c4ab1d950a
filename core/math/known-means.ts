/** Element by element the mean of what was added and is a number; NaN where nothing is. */
export interface KnownMeans {
  /** All are of one length. */
  add(answer: Float32Array): void;
  result(): Float32Array;
}

export const createKnownMeans = (length: number): KnownMeans => {
  const sums = new Float64Array(length);
  const counts = new Uint32Array(length);
  return {
    add: (answer) => {
      for (let k = 0; k < length; k++) {
        if (Number.isNaN(answer[k])) continue;
        sums[k]! += answer[k]!;
        counts[k]! += 1;
      }
    },
    result: () => Float32Array.from(sums, (sum, k) => (counts[k] === 0 ? Number.NaN : sum / counts[k]!)),
  };
};
