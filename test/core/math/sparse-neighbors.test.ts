import { csrFromTriplets, transpose } from 'recograph';
import { createKernels, createRng, nearestRows } from 'recograph/math';
import { afterAll, expect, it } from 'vitest';

const one = createKernels({ threads: 1 });
const two = createKernels({ threads: 2 });
afterAll(() => Promise.all([one.dispose(), two.dispose()]));

/** Rows over 400 columns, 30 entries each; with 3000 rows there is work for the pool. */
const matrix = (rows: number) => {
  const rng = createRng(7);
  const length = rows * 30;
  return csrFromTriplets(
    rows,
    400,
    Int32Array.from({ length }, (_, k) => Math.floor(k / 30)),
    Int32Array.from({ length }, () => rng.int(400)),
    Float32Array.from({ length }, () => 1 + rng.int(3)),
  );
};
const self = Int32Array.from({ length: 300 }, (_, row) => row);

it('finds the nearest rows of plain double-precision code, ties by row', async () => {
  const first = matrix(300);
  const found = await nearestRows(one, { first, second: transpose(first), self, k: 7, shrinkage: 3 });
  const dense = Array.from({ length: 300 }, (_, r) => {
    const row = new Float64Array(400);
    for (let k = first.offsets[r]!; k < first.offsets[r + 1]!; k++) row[first.indices[k]!] = first.values[k]!;
    return row;
  });
  for (let r = 0; r < 300; r += 17) {
    const all = dense.map((row, s) => {
      const dot = row.reduce((sum, value, c) => sum + value * dense[r]![c]!, 0);
      const common = row.filter((value, c) => value > 0 && dense[r]![c]! > 0).length;
      return { s, score: Math.fround((dot * common) / (common + 3)) };
    });
    const best = all.filter(({ s, score }) => s !== r && score > 0).sort((a, b) => b.score - a.score || a.s - b.s);
    const from = found.offsets[r]!;
    expect([...found.indices.subarray(from, found.offsets[r + 1]!)]).toEqual(best.slice(0, 7).map(({ s }) => s));
    expect([...found.values.subarray(from, found.offsets[r + 1]!)]).toEqual(best.slice(0, 7).map((b) => b.score));
  }
});

it('finds the same with any number of threads', async () => {
  const first = matrix(3000);
  const ids = Int32Array.from({ length: 3000 }, (_, row) => row);
  const search = { first, second: transpose(first), self: ids, k: 5, shrinkage: 0 };
  expect(await nearestRows(two, search)).toEqual(await nearestRows(one, search));
});
