import type { Csr, QueryBatch } from '../spi/index.ts';

/**
 * Positives of the histories as [queries x items], repeated events summed by weight: what `Dataset.positives()` is
 * for users. Items outside 0 .. items - 1 are left out.
 */
export const historyMatrix = ({ size, histories }: QueryBatch, items: number): Csr => {
  const { offsets: starts, items: itemOf, weights } = histories;
  const offsets = new Uint32Array(size + 1);
  const indices = new Int32Array(itemOf.length);
  const values = new Float32Array(itemOf.length);
  /** The last query that had the item, + 1, and its weight there. */
  const rowOf = new Int32Array(items);
  const sums = new Float32Array(items);
  let end = 0;
  for (let q = 0; q < size; q++) {
    const start = end;
    let ascending = true;
    for (let k = starts[q]!; k < starts[q + 1]!; k++) {
      const item = itemOf[k]!;
      if (item < 0 || item >= items || weights[k] === 0) continue;
      if (rowOf[item] === q + 1) {
        sums[item]! += weights[k]!;
        continue;
      }
      rowOf[item] = q + 1;
      sums[item] = weights[k]!;
      if (end > start && indices[end - 1]! > item) ascending = false;
      indices[end++] = item;
    }
    if (!ascending) indices.subarray(start, end).sort();
    for (let k = start; k < end; k++) values[k] = sums[indices[k]!]!;
    offsets[q + 1] = end;
  }
  return { rows: size, columns: items, offsets, indices: indices.subarray(0, end), values: values.subarray(0, end) };
};
