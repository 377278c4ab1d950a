import { createMatching, type Matching } from '../pipeline/matching.ts';
import type { Bitmap, ItemRecord, Vocabulary } from '../spi/index.ts';
import type { CatalogueChange, CatalogueLog } from './catalogue-log.ts';

/** A bundle's items over one state of the catalogue. */
export interface CatalogueView {
  /** Items beyond the vocabulary, in the order of their indices. */
  readonly overlay: readonly ItemRecord[];
  /** The vocabulary's items, then the overlay's; undefined = not there now. */
  readonly records: readonly (ItemRecord | undefined)[];
  /** Absent where every item may be listed. */
  readonly available: Bitmap | undefined;
  /** Equal filters give the same object. */
  readonly matching: Matching;
  /** Throws RangeError outside vocabulary and overlay. */
  itemId(index: number): string;
  /** -1 = in neither. The same function until an index changes. */
  itemIndex(id: string): number;
  /** The view after these steps, without a look at what they do not name. */
  after(changes: readonly CatalogueChange[]): CatalogueView;
}

/**
 * `records` are the items that are there now: a vocabulary item without a record, or not available, is never listed;
 * a record beyond the vocabulary is overlay, indexed in the order of `records`.
 */
export const createCatalogueView = (items: Vocabulary, records: ReadonlyMap<string, ItemRecord>): CatalogueView => {
  const overlay = new Map<string, ItemRecord>();
  for (const [id, record] of records) if (items.index(id) < 0) overlay.set(id, record);
  const known: (ItemRecord | undefined)[] = new Array(items.size);
  for (let i = 0; i < items.size; i++) known[i] = records.get(items.id(i));
  return viewOf({ items, known, overlay, itemIndex: indexOver(items, overlay) });
};

/** The newest view over the items of any bundle; the same object until the catalogue changes. */
export const catalogueViews = (log: CatalogueLog): ((items: Vocabulary) => CatalogueView) => {
  const newest = new WeakMap<Vocabulary, { readonly version: number; readonly view: CatalogueView }>();
  return (items) => {
    const { version } = log;
    const known = newest.get(items);
    if (known?.version === version) return known.view;
    const changes = known && log.changesSince(known.version);
    const view = changes ? known.view.after(changes) : createCatalogueView(items, log.records);
    newest.set(items, { version, view });
    return view;
  };
};

interface Content {
  readonly items: Vocabulary;
  /** By the vocabulary's indices. */
  readonly known: readonly (ItemRecord | undefined)[];
  readonly overlay: ReadonlyMap<string, ItemRecord>;
  readonly itemIndex: (id: string) => number;
}

const viewOf = (content: Content): CatalogueView => {
  const { items, known, itemIndex } = content;
  const overlay = [...content.overlay.values()];
  const records = known.concat(overlay);
  return {
    overlay,
    records,
    available: availability(records),
    matching: createMatching(records),
    itemId: (index) => {
      if (index < items.size) return items.id(index);
      const record = overlay[index - items.size];
      if (!record) throw new RangeError(`There is no item ${index}; the catalogue has ${records.length}.`);
      return record.id;
    },
    itemIndex,
    after: (changes) => viewOf(changed(content, changes)),
  };
};

const changed = (before: Content, changes: readonly CatalogueChange[]): Content => {
  const { items } = before;
  const known = before.known.slice();
  const overlay = new Map(before.overlay);
  let moved = false;
  for (const { deleted, upserted } of changes) {
    for (const id of deleted) {
      const index = items.index(id);
      if (index >= 0) known[index] = undefined;
      else moved = overlay.delete(id) || moved;
    }
    for (const record of upserted) {
      const index = items.index(record.id);
      moved ||= index < 0 && !overlay.has(record.id);
      if (index >= 0) known[index] = record;
      else overlay.set(record.id, record);
    }
  }
  return { items, known, overlay, itemIndex: moved ? indexOver(items, overlay) : before.itemIndex };
};

const indexOver = (items: Vocabulary, overlay: ReadonlyMap<string, ItemRecord>): ((id: string) => number) => {
  const places = new Map([...overlay.keys()].map((id, k) => [id, items.size + k]));
  return (id) => {
    const index = items.index(id);
    return index >= 0 ? index : (places.get(id) ?? -1);
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
