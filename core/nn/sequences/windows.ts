import { raggedOf } from '../../data/index.ts';
import type { Ragged } from '../../spi/index.ts';

export interface Windows {
  readonly sequences: Ragged;
  /** The row that each of them is cut from. */
  readonly rows: Int32Array;
}

/**
 * Rows cut from their ends into sequences of at most `length` steps, a step being an item and the one after it: each
 * step of a row stands in one of them, so that neighbours share an item. Rows of fewer than two items have none.
 */
export const windowsOf = ({ offsets, values }: Ragged, length: number): Windows => {
  const rows: number[] = [];
  const parts: Int32Array[] = [];
  for (let row = 0; row + 1 < offsets.length; row++) {
    const from = offsets[row]!;
    for (let end = offsets[row + 1]!; end - from > 1; end -= length) {
      rows.push(row);
      parts.push(values.subarray(Math.max(from, end - length - 1), end));
    }
  }
  return { sequences: raggedOf(parts), rows: Int32Array.from(rows) };
};
