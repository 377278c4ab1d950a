import type { Csr } from 'recograph';

/** Rows of about the same number of entries, padded to one length, so that they are one batch of small matrices. */
export interface Block {
  /** Place of the first row. */
  readonly first: number;
  readonly rows: number;
  /** Entries a row, padding included; 0 = rows without entries. */
  readonly length: number;
}

/** One side's rows in the order in which a device holds them: those with most entries first. */
export interface Layout {
  readonly blocks: readonly Block[];
  /** The row at each place, and the place of each row. */
  readonly order: Int32Array;
  readonly place: Int32Array;
}

/** A block ends before a row so much shorter than its first: at most a quarter of it is padding. */
const SHORTEST = 0.75;

/** `capacity`: entries a block may hold, unless one row alone has more. */
export const layoutOf = ({ rows, offsets }: Csr, capacity: number): Layout => {
  const entries = (row: number): number => offsets[row + 1]! - offsets[row]!;
  const order = Int32Array.from({ length: rows }, (_, row) => row).sort((a, b) => entries(b) - entries(a) || a - b);
  const place = new Int32Array(rows);
  order.forEach((row, at) => {
    place[row] = at;
  });
  const blocks: Block[] = [];
  for (let first = 0; first < rows; ) {
    const length = entries(order[first]!);
    const most = length === 0 ? rows : Math.max(1, Math.floor(capacity / length));
    let end = first + 1;
    while (end < rows && end - first < most && entries(order[end]!) >= SHORTEST * length) end++;
    blocks.push({ first, rows: end - first, length });
    first = end;
  }
  return { blocks, order, place };
};
