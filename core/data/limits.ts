import type { Bitmap, Limits } from '../spi/index.ts';

/**
 * Whether an item may stand in query q's list. A look is O(1) until the next call of `limitOf`, then
 * O(log excluded); a call is O(excluded).
 */
export const limitOf = (limits: Limits, query: number): ((item: number) => boolean) => {
  const { exclude, allow } = limits;
  const excluded = exclude.values.subarray(exclude.offsets[query]!, exclude.offsets[query + 1]!);
  const mine = stamp(excluded);
  let sorted: Int32Array | undefined;
  const isExcluded = (item: number): boolean => {
    if (mine === newest) return stamps[item] === mine;
    sorted ??= ascending(excluded);
    return contains(sorted, item);
  };
  return allow === undefined ? (item) => !isExcluded(item) : (item) => inBitmap(allow, item) && !isExcluded(item);
};

/** Items beyond are looked up in their row: 64 MB of stamps at most. */
const MAX_STAMPS = 1 << 24;
/** By item, the newest call of `limitOf` that excludes it. */
let stamps = new Uint32Array(0);
let newest = 0;

/** What stamps stand for these items; none where `newest` is another. */
const stamp = (excluded: Int32Array): number => {
  if (newest === 0xffff_ffff) {
    stamps.fill(0);
    newest = 0;
  }
  newest++;
  let length = stamps.length;
  for (let k = 0; k < excluded.length; k++) if (excluded[k]! >= length) length = excluded[k]! + 1;
  if (length > MAX_STAMPS) return 0;
  if (length > stamps.length) {
    const larger = new Uint32Array(Math.max(length, 2 * stamps.length));
    larger.set(stamps);
    stamps = larger;
  }
  for (let k = 0; k < excluded.length; k++) stamps[excluded[k]!] = newest;
  return newest;
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
