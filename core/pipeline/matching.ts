import { matchesFilter } from '../data/index.ts';
import type { Bitmap, ItemFilter, ItemRecord } from '../spi/index.ts';

/** How many evaluated filters one catalogue keeps. */
const KEPT_FILTERS = 256;

/** Evaluates filters over records, one bit an item; equal filters give the same object, a missing record fits none. */
export const createMatching = (
  records: readonly (Omit<ItemRecord, 'id'> | undefined)[],
): ((filter: ItemFilter) => Bitmap) => {
  const filters = new Map<string, Bitmap>();
  return (filter) => {
    const key = JSON.stringify(filter);
    let bitmap = filters.get(key);
    if (!bitmap) {
      if (filters.size >= KEPT_FILTERS) filters.delete(filters.keys().next().value!);
      bitmap = bitmapOf(records, filter);
      filters.set(key, bitmap);
    }
    return bitmap;
  };
};

const bitmapOf = (records: readonly (Omit<ItemRecord, 'id'> | undefined)[], filter: ItemFilter): Bitmap => {
  const words = new Uint32Array((records.length + 31) >> 5);
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    if (record && matchesFilter(record, filter)) words[i >> 5]! |= 1 << (i & 31);
  }
  return { size: records.length, words };
};
