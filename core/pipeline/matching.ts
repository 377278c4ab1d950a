import { attributeOf, compileFilter } from '../data/item-filter.ts';
import type { Bitmap, ItemFilter, ItemRecord } from '../spi/index.ts';

/** What one catalogue keeps of the filters that it was asked: so many at most, and so many characters of them. */
const KEPT_FILTERS = 256;
const KEPT_CHARACTERS = 1_000_000;
/** Names of attributes of which it remembers whether any item has them. */
const KEPT_NAMES = 1000;
/** Records between two pauses of `steps`: about a millisecond with the most conditions that a request may hold. */
const STEP = 1024;

type Records = readonly (Omit<ItemRecord, 'id'> | undefined)[];

/**
 * Items that fit a filter, one bit an item. The latest filters are kept: asked again, the same object comes back. A
 * missing record fits none.
 */
export interface Matching {
  (filter: ItemFilter): Bitmap;
  /** The same in steps of about a millisecond, for a thread that must not be held; afterwards the answer is at hand. */
  steps(filter: ItemFilter): Generator<void, Bitmap>;
  /** Those attributes of a filter that no item has. */
  lacking(filter: ItemFilter): readonly string[];
  /** The attributes of the first 1,000 items, by name. */
  attributes(): readonly string[];
}

export const createMatching = (records: Records): Matching => {
  const kept = new Map<string, Bitmap>();
  let characters = 0;
  const keep = (key: string, bitmap: Bitmap): void => {
    if (kept.has(key)) return;
    kept.set(key, bitmap);
    characters += key.length;
    for (const oldest of kept.keys()) {
      if (kept.size === 1 || (kept.size <= KEPT_FILTERS && characters <= KEPT_CHARACTERS)) return;
      kept.delete(oldest);
      characters -= oldest.length;
    }
  };
  const known = new Map<string, boolean>();
  function* isKnown(name: string): Generator<void, boolean> {
    const before = known.get(name);
    if (before !== undefined) return before;
    const found = yield* anyHas(records, name);
    if (known.size >= KEPT_NAMES) known.delete(known.keys().next().value!);
    known.set(name, found);
    return found;
  }
  function* steps(filter: ItemFilter): Generator<void, Bitmap> {
    const key = JSON.stringify(filter);
    const before = kept.get(key);
    if (before) return before;
    const bitmap = yield* bitmapOf(records, filter);
    for (const { name } of filter.attributes ?? []) yield* isKnown(name);
    keep(key, bitmap);
    return bitmap;
  }
  return Object.assign((filter: ItemFilter) => atOnce(steps(filter)), {
    steps,
    lacking: ({ attributes = [] }: ItemFilter) =>
      attributes.flatMap(({ name }) => (atOnce(isKnown(name)) ? [] : [name])),
    attributes: () => namesIn(records),
  });
};

const atOnce = <T>(steps: Generator<void, T>): T => {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
};

function* bitmapOf(records: Records, filter: ItemFilter): Generator<void, Bitmap> {
  const fits = compileFilter(filter);
  const words = new Uint32Array((records.length + 31) >> 5);
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    if (record && fits(record)) words[i >> 5]! |= 1 << (i & 31);
    if (i % STEP === STEP - 1) yield;
  }
  return { size: records.length, words };
}

function* anyHas(records: Records, name: string): Generator<void, boolean> {
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    if (record && attributeOf(record, name) !== null) return true;
    if (i % STEP === STEP - 1) yield;
  }
  return false;
}

/** How many records are looked at for the names of attributes. */
const LOOKED_AT = 1000;

const namesIn = (records: Records): string[] => {
  const names = new Set(records.slice(0, LOOKED_AT).flatMap((record) => Object.keys(record?.attributes ?? {})));
  return [...names].sort();
};
