import type { Bitmap, Limits } from '../spi/index.ts';

/** Whether an item may stand in query q's list. O(log excluded) a look. */
export const limitOf = (limits: Limits, query: number): ((item: number) => boolean) => {
  const { exclude, allow } = limits;
  const excluded = ascending(exclude.values.subarray(exclude.offsets[query]!, exclude.offsets[query + 1]!));
  return (item) => (allow === undefined || inBitmap(allow, item)) && !contains(excluded, item);
};

const ascending = (row: Int32Array): Int32Array => {
  for (let k = 1; k < row.length; k++) if (row[k]! < row[k - 1]!) return row.slice().sort();
  return row;
};

/** An index beyond the bitmap is not in it. */
export const inBitmap = ({ words, size }: Bitmap, item: number): boolean =>
  item < size && ((words[item >> 5]! >>> (item & 31)) & 1) === 1;

const contains = (sorted: Int32Array, item: number): boolean => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < item) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === item;
};
