import type { Ragged } from '../spi/index.ts';

/** Rows laid end to end. */
export const raggedOf = (rows: readonly ArrayLike<number>[]): Ragged => {
  const offsets = new Uint32Array(rows.length + 1);
  rows.forEach((row, r) => {
    offsets[r + 1] = offsets[r]! + row.length;
  });
  const values = new Int32Array(offsets[rows.length]!);
  rows.forEach((row, r) => {
    values.set(row, offsets[r]);
  });
  return { offsets, values };
};
