import { csrFromTriplets } from 'recograph';
import { createRng, sparseTimesDense } from 'recograph/math';
import { expect, it } from 'vitest';
import { randomMatrix, withThreads } from './support.ts';

/** Rows of 0 to 6 entries. */
const sparse = (rows: number, columns: number, seed: number) => {
  const rng = createRng(seed);
  const length = rows * 3;
  return csrFromTriplets(
    rows,
    columns,
    Int32Array.from({ length }, () => rng.int(rows)),
    Int32Array.from({ length }, () => rng.int(columns)),
    Float32Array.from({ length }, () => rng.normal()),
  );
};

/** Without toEqual's care for each of many numbers. */
const equal = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((value, k) => value === b[k]);

it.each([
  [1, 1, 8],
  [40, 7, 8],
  [33, 100, 24],
  [12_000, 50, 64],
  [12_000, 4_500, 16],
  [12_000, 1_100, 96],
])('multiplies as double-precision code does: [%i x %i] by width %i', async (rows, columns, width) => {
  const x = sparse(rows, columns, rows + width);
  const b = randomMatrix(columns, width, 5);
  const [one, two] = await withThreads(async (kernels) => {
    const memory = kernels.memory();
    const out = memory.floats(rows * width).fill(7);
    await sparseTimesDense(kernels, x, b, out);
    const found = out.slice();
    const total = memory.floats(rows * width).fill(3);
    await sparseTimesDense(kernels, x, b, out, { total, scale: 0.5 });
    expect(equal(out, found)).toBe(true);
    const halves = found.map((value) => (value + 3) * 0.5);
    expect(equal(total, halves)).toBe(true);
    memory.release();
    return found;
  });
  expect(equal(one!, two!)).toBe(true);
  let worst = 0;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < width; c++) {
      let sum = 0;
      for (let k = x.offsets[r]!; k < x.offsets[r + 1]!; k++) sum += x.values[k]! * b.data[x.indices[k]! * width + c]!;
      worst = Math.max(worst, Math.abs(one![r * width + c]! - sum));
    }
  }
  expect(worst).toBeLessThan(1e-4);
});
