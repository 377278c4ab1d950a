import { raggedOf } from '../data/index.ts';
import type { Bitmap, Limits, QueryBatch, Ragged } from '../spi/index.ts';
import { isWithin } from './select.ts';

/**
 * What each query must not get: its exclude row, and its history where `seen[q]` is set. Rows ascend without
 * repetition; items outside the catalogue are left out.
 */
export const excludedOf = (queries: QueryBatch, exclude: Ragged, seen: ArrayLike<boolean>, bound: number): Ragged => {
  const rows: Int32Array[] = [];
  for (let q = 0; q < queries.size; q++) {
    const asked = exclude.values.subarray(exclude.offsets[q]!, exclude.offsets[q + 1]!);
    const history = seen[q]
      ? queries.histories.items.subarray(queries.histories.offsets[q]!, queries.histories.offsets[q + 1]!)
      : new Int32Array(0);
    const row = new Int32Array(asked.length + history.length);
    row.set(asked);
    row.set(history, asked.length);
    row.sort();
    let size = 0;
    for (let k = 0; k < row.length; k++) {
      const item = row[k]!;
      if (item >= 0 && item < bound && (size === 0 || item !== row[size - 1])) row[size++] = item;
    }
    rows.push(row.subarray(0, size));
  }
  return raggedOf(rows);
};

/** The limits as a component that knows only items `0 .. bound - 1` may see them. */
export const limitsBelow = (limits: Limits, bound: number): Limits => {
  const { exclude } = limits;
  if (isWithin(exclude.values, bound)) return limits;
  const rows: Int32Array[] = [];
  for (let q = 0; q + 1 < exclude.offsets.length; q++) {
    rows.push(exclude.values.subarray(exclude.offsets[q]!, exclude.offsets[q + 1]!).filter((item) => item < bound));
  }
  return { ...limits, exclude: raggedOf(rows) };
};

/** The same limits, and besides nothing that a query's list holds already. */
export const limitsWithout = (limits: Limits, lists: readonly { readonly items: Int32Array }[]): Limits => {
  const { exclude } = limits;
  const rows = lists.map(({ items }, q) =>
    Int32Array.from([...exclude.values.subarray(exclude.offsets[q]!, exclude.offsets[q + 1]!), ...items]).sort(),
  );
  return { ...limits, exclude: raggedOf(rows) };
};

/** Items in both; undefined = all. */
export const intersect = (a: Bitmap | undefined, b: Bitmap | undefined): Bitmap | undefined => {
  if (!a || !b) return a ?? b;
  const size = Math.min(a.size, b.size);
  const words = new Uint32Array((size + 31) >> 5);
  for (let w = 0; w < words.length; w++) words[w] = a.words[w]! & b.words[w]!;
  return { size, words };
};
