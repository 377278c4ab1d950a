import type { Csr } from 'recograph';

/** Rows of a matrix of histories, each entry 1 over the row's length: what a history's input is, L2-normalised. */
export const unitHistories = ({ offsets, indices }: Csr, rows: ArrayLike<number>): Histories => {
  const picked = new Uint32Array(rows.length + 1);
  for (let r = 0; r < rows.length; r++) {
    picked[r + 1] = picked[r]! + offsets[rows[r]! + 1]! - offsets[rows[r]!]!;
  }
  const entries = new Int32Array(picked[rows.length]!);
  const values = new Float32Array(entries.length);
  for (let r = 0; r < rows.length; r++) {
    const from = offsets[rows[r]!]!;
    const to = offsets[rows[r]! + 1]!;
    entries.set(indices.subarray(from, to), picked[r]);
    values.fill(1 / Math.sqrt(to - from), picked[r], picked[r + 1]);
  }
  return { offsets: picked, indices: entries, values };
};

/** Sparse rows of items. */
export type Histories = Pick<Csr, 'offsets' | 'indices' | 'values'>;
