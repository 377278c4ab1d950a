import { createMatching } from '../pipeline/matching.ts';
import type { Bitmap, ItemFilter, ItemRecord, Vocabulary } from '../spi/index.ts';

/** A bundle's items over one state of the catalogue. */
export interface CatalogueView {
  /** Items beyond the vocabulary, in the order of their indices. */
  readonly overlay: readonly ItemRecord[];
  /** The vocabulary's items, then the overlay's; undefined = not there now. */
  readonly records: readonly (ItemRecord | undefined)[];
  /** Absent where every item may be listed. */
  readonly available: Bitmap | undefined;
  /** Equal filters give the same object. */
  matching(filter: ItemFilter): Bitmap;
  /** Throws RangeError outside vocabulary and overlay. */
  itemId(index: number): string;
  /** -1 = in neither. */
  itemIndex(id: string): number;
}

/**
 * `records` are the items that are there now: a vocabulary item without a record, or not available, is never listed;
 * a record beyond the vocabulary is overlay, indexed in the order of `records`.
 */
export const createCatalogueView = (items: Vocabulary, records: ReadonlyMap<string, ItemRecord>): CatalogueView => {
  const overlay: ItemRecord[] = [];
  for (const record of records.values()) if (items.index(record.id) < 0) overlay.push(record);
  const overlayIndex = new Map(overlay.map(({ id }, k) => [id, items.size + k]));
  const all: (ItemRecord | undefined)[] = new Array(items.size);
  for (let i = 0; i < items.size; i++) all[i] = records.get(items.id(i));
  for (const record of overlay) all.push(record);
  return {
    overlay,
    records: all,
    available: availability(all),
    matching: createMatching(all),
    itemId: (index) => {
      if (index < items.size) return items.id(index);
      const record = overlay[index - items.size];
      if (!record) throw new RangeError(`There is no item ${index}; the catalogue has ${all.length}.`);
      return record.id;
    },
    itemIndex: (id) => {
      const index = items.index(id);
      return index >= 0 ? index : (overlayIndex.get(id) ?? -1);
    },
  };
};

/** Absent where every item may be listed. */
const availability = (records: readonly (ItemRecord | undefined)[]): Bitmap | undefined => {
  const words = new Uint32Array((records.length + 31) >> 5);
  let all = true;
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    if (record && record.available !== false) words[i >> 5]! |= 1 << (i & 31);
    else all = false;
  }
  return all ? undefined : { size: records.length, words };
};
