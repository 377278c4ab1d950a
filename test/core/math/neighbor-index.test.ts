import { buildNeighborIndex, createRng, loadNeighborIndex, topK, unitRows } from 'recograph/math';
import { expect, it } from 'vitest';

const rng = createRng(4);
const [rows, columns] = [3000, 16];
const vectors = unitRows({ rows, columns, data: Float32Array.from({ length: rows * columns }, () => rng.normal()) });
const row = (r: number) => vectors.data.subarray(r * columns, (r + 1) * columns);
const exact = (query: Float32Array): Int32Array => {
  const scores = Float32Array.from({ length: rows }, (_, r) => row(r).reduce((sum, x, c) => sum + x * query[c]!, 0));
  return topK(scores, 10).items;
};

it('finds most of the rows with the largest inner products, the best of them first', async () => {
  const index = (await buildNeighborIndex(vectors))!;
  let found = 0;
  for (let q = 0; q < 50; q++) {
    const list = index.search(row(q), 10);
    const truth = new Set(exact(row(q)));
    found += list.filter((item) => truth.has(item)).length;
    expect(list[0]).toBe(q);
  }
  expect(found / 500).toBeGreaterThan(0.95);
});

it('answers the same after it went through its bytes; rows of NaN are not in it', async () => {
  const holes = { ...vectors, data: vectors.data.slice() };
  holes.data.fill(Number.NaN, 0, columns);
  const index = (await buildNeighborIndex(holes))!;
  const again = (await loadNeighborIndex(await index.bytes(), columns))!;
  expect(again.search(row(0), 10)).toEqual(index.search(row(0), 10));
  expect(index.search(row(0), rows)).not.toContain(0);
});
