import { csrFromTriplets, gatherRows, historyMatrix, type QueryBatch, raggedOf, transpose } from 'recograph';
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

it('gathers rows in the order asked, one as often as it is asked', () => {
  expect(gatherRows(matrix(), [1, 0, 1])).toEqual({
    rows: 3,
    columns: 3,
    offsets: Uint32Array.of(0, 1, 2, 3),
    indices: Int32Array.of(2, 1, 2),
    values: Float32Array.of(3, 5, 3),
  });
  expect(gatherRows(matrix(), [])).toMatchObject({ rows: 0, offsets: Uint32Array.of(0), indices: new Int32Array(0) });
});

it('lays rows end to end', () => {
  expect(raggedOf([[4, 2], [], Int32Array.of(7)])).toEqual({
    offsets: Uint32Array.of(0, 2, 2, 3),
    values: Int32Array.of(4, 2, 7),
  });
  expect(raggedOf([])).toEqual({ offsets: Uint32Array.of(0), values: new Int32Array(0) });
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
