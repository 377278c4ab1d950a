import { createRng, resampledMeans } from 'recograph/math';
import { expect, it } from 'vitest';
import { withThreads } from './support.ts';

const RESAMPLES = 4000;

it('spreads means as the theory of the bootstrap says, alike on any number of threads', async () => {
  const rng = createRng(5);
  const columns = Array.from({ length: 5 }, () => Float64Array.from({ length: 101 }, () => rng.next()));
  const [one, two] = await withThreads((k) => resampledMeans(k, columns, RESAMPLES, createRng(9)));
  expect(two).toEqual(one);
  columns.forEach((column, c) => {
    const mean = column.reduce((a, b) => a + b) / 101;
    const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 101 / 101;
    const found = one![c]!;
    const foundMean = found.reduce((a, b) => a + b) / RESAMPLES;
    const foundVariance = found.reduce((sum, value) => sum + (value - foundMean) ** 2, 0) / RESAMPLES;
    expect(Math.abs(foundMean - mean)).toBeLessThan(5 * Math.sqrt(variance / RESAMPLES));
    expect(foundVariance / variance).toBeGreaterThan(0.85);
    expect(foundVariance / variance).toBeLessThan(1.15);
  });
});

it('draws the same rows for every column and leaves out what is missing', async () => {
  const values = Float64Array.of(1, 2, 3, 4, 5, 6);
  const twice = values.map((value) => 2 * value);
  const gap = Float64Array.of(1, Number.NaN, 3, 4, Number.NaN, 6);
  const known = gap.map((value) => (Number.isNaN(value) ? 0 : 1));
  const filled = gap.map((value) => (Number.isNaN(value) ? 0 : value));
  const nothing = new Float64Array(6).fill(Number.NaN);
  const [results] = await withThreads((k) =>
    resampledMeans(k, [values, twice, gap, known, filled, nothing], 500, createRng(2)),
  );
  const [a, b, c, share, sum, none] = results!;
  for (let r = 0; r < 500; r++) {
    expect(b![r]).toBeCloseTo(2 * a![r]!, 12);
    if (share![r]! > 0) expect(c![r]).toBeCloseTo(sum![r]! / share![r]!, 12);
    expect(none![r]).toBeNaN();
  }
});
