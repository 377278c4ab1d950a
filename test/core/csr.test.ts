import { csrFromTriplets, transpose } from 'recograph';
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
