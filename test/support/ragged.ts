import type { Ragged } from 'recograph';

export const ragged = (rows: readonly (readonly number[])[]): Ragged => {
  const offsets = new Uint32Array(rows.length + 1);
  rows.forEach((row, r) => {
    offsets[r + 1] = offsets[r]! + row.length;
  });
  return { offsets, values: Int32Array.from(rows.flat()) };
};
