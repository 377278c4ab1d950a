import type { Kernels, Rng } from '../spi/index.ts';

/**
 * Bootstrap replicates (Efron 1979) of the means of columns that share their rows: `resamples` times as many rows as
 * there are are drawn with replacement, the same ones for all columns. NaN entries are left out of their column's mean;
 * NaN where none is left. O(resamples * rows * columns).
 */
export const resampledMeans = async (
  kernels: Kernels,
  columns: readonly Float64Array[],
  resamples: number,
  rng: Rng,
): Promise<Float64Array[]> => {
  const rows = columns[0]?.length ?? 0;
  // Where numbers are missing, how many there are is summed up beside them.
  const gaps = columns.filter((column) => column.some(Number.isNaN));
  const width = Math.ceil((columns.length + gaps.length) / 4) * 4;
  const memory = kernels.memory();
  try {
    const values = memory.doubles(rows * width);
    columns.forEach((column, c) => {
      const gap = gaps.indexOf(column);
      for (let r = 0; r < rows; r++) {
        const known = !Number.isNaN(column[r]!);
        if (known) values[r * width + c] = column[r]!;
        if (known && gap >= 0) values[r * width + columns.length + gap] = 1;
      }
    });
    const sums = memory.doubles(resamples * width);
    const seed = rng.int(2 ** 48);
    const work = resamples * rows * width;
    await kernels.run('drawSums', { tasks: resamples, grain: 16, work, args: [values, rows, width, seed, sums] });
    return columns.map((column, c) => {
      const gap = gaps.indexOf(column);
      return Float64Array.from({ length: resamples }, (_, r) => {
        const count = gap < 0 ? rows : sums[r * width + columns.length + gap]!;
        return count === 0 ? Number.NaN : sums[r * width + c]! / count;
      });
    });
  } finally {
    memory.release();
  }
};
