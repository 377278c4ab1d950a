import { type Similarity, similaritySpace } from 'recograph/math';
import { expect, it } from 'vitest';

const items = { rows: 3, columns: 2, data: Float32Array.of(3, 4, 0, 2, 6, 8) };

/** Similarities of the first item to all. */
const toFirst = (kind: Similarity): number[] => {
  const space = similaritySpace(kind, items);
  const query = space.queries({ rows: 1, columns: 2, data: items.data.subarray(0, 2) }).data;
  const { rows, columns, data } = space.items;
  return Array.from({ length: rows }, (_, r) => {
    let product = 0;
    for (let c = 0; c < columns; c++) product += data[r * columns + c]! * query[c]!;
    return space.similarity(product, query);
  });
};

// column means: 3 and 14/3; without them: (0, -2/3), (-3, -8/3), (3, 10/3)
it.each([
  ['inner-product', [25, 8, 50]],
  ['cosine', [1, 0.8, 1]],
  ['euclidean', [0, -Math.hypot(3, 2), -5]],
  ['adjusted-cosine', [1, 8 / 3 / Math.hypot(3, 8 / 3), -(10 / 3) / Math.hypot(3, 10 / 3)]],
] as const)('%s, worked out by hand', (kind, expected) => {
  toFirst(kind).forEach((value, k) => {
    expect(value).toBeCloseTo(expected[k]!, 3);
  });
});

it('a row of NaN, and for cosines one of zeros, is like nothing', () => {
  const holes = { rows: 2, columns: 1, data: Float32Array.of(Number.NaN, 0) };
  for (const kind of ['inner-product', 'cosine', 'euclidean', 'adjusted-cosine'] as const) {
    expect(similaritySpace(kind, holes).items.data[0]).toBeNaN();
  }
  expect(similaritySpace('cosine', holes).items.data[1]).toBeNaN();
});
