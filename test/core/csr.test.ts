import { csrFromTriplets, historyMatrix, type QueryBatch, transpose } from 'recograph';
import { expect, it } from 'vitest';

const matrix = () =>
  csrFromTriplets(2, 3, Int32Array.of(1, 0, 1, 1), Int32Array.of(2, 1, 0, 2), Float32Array.of(1, 5, 0, 2));

it('sums repeated entries and leaves out zeros', () => {
  expect(matrix()).toMatchObject({
    offsets: Uint32Array.of(0, 1, 2),
    indices: Int32Array.of(1, 2),
    values: Float32Array.of(5, 3),
  });
});

it('transposes', () => {
  expect(transpose(matrix())).toMatchObject({
    rows: 3,
    columns: 2,
    offsets: Uint32Array.of(0, 0, 1, 2),
    indices: Int32Array.of(0, 1),
    values: Float32Array.of(5, 3),
  });
});

it('gives histories by item, repeated events summed', () => {
  // Query 0: item 2, item 0, item 2 again, an event of weight 0; query 1: nothing; query 2: items 1 and 3, and a new one.
  const histories = {
    offsets: Uint32Array.of(0, 4, 4, 7),
    items: Int32Array.of(2, 0, 2, 1, 1, 3, 9),
    weights: Float32Array.of(1, 2, 0.5, 0, 1, 4, 1),
  };
  const { rows, columns, offsets, indices, values } = historyMatrix({ size: 3, histories } as QueryBatch, 4);
  expect({ rows, columns }).toEqual({ rows: 3, columns: 4 });
  expect([offsets, indices, values].map((list) => [...list])).toEqual([
    [0, 2, 2, 4],
    [0, 2, 1, 3],
    [2, 1.5, 1, 4],
  ]);
});
