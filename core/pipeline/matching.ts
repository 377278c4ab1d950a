import { attributeOf } from '../data/item-filter.ts';
import type { Bitmap, ItemFilter, ItemRecord, Json } from '../spi/index.ts';

/** How many evaluated filters one catalogue keeps. */
const KEPT_FILTERS = 256;

type Records = readonly (Omit<ItemRecord, 'id'> | undefined)[];
/** Items that fit a filter; which of its attributes no item has; the attributes of the first items, by name. */
export interface Matching {
  (filter: ItemFilter): Bitmap;
  lacking(filter: ItemFilter): readonly string[];
  attributes(): readonly string[];
}

type Condition = NonNullable<ItemFilter['attributes']>[number];

/**
 * Evaluates filters over records, one bit an item; equal filters give the same object, a missing record fits none. It
 * answers as `matchesFilter` does of each record, by columns: an attribute is read once, when a filter first names it,
 * and a condition is then a look-up an entry, however many values it lists.
 */
export const createMatching = (records: Records): Matching => {
  const filters = new Map<string, Bitmap>();
  const columns = new Map<string, Column>();
  const columnOf = (name: string): Column => {
    let column = columns.get(name);
    if (!column) {
      column = readColumn(records, name);
      columns.set(name, column);
    }
    return column;
  };
  const matching = (filter: ItemFilter): Bitmap => {
    const key = JSON.stringify(filter);
    let bitmap = filters.get(key);
    if (!bitmap) {
      if (filters.size >= KEPT_FILTERS) filters.delete(filters.keys().next().value!);
      bitmap = bitmapOf(records, filter, columnOf);
      filters.set(key, bitmap);
    }
    return bitmap;
  };
  return Object.assign(matching, {
    lacking: ({ attributes = [] }: ItemFilter) =>
      attributes.flatMap(({ name }) => (columnOf(name).values.some((value) => value !== null) ? [] : [name])),
    attributes: () => namesIn(records),
  });
};

/** How many records are looked at for the names of attributes. */
const LOOKED_AT = 1000;

const namesIn = (records: Records): string[] => {
  const names = new Set(records.slice(0, LOOKED_AT).flatMap((record) => Object.keys(record?.attributes ?? {})));
  return [...names].sort();
};

/** An attribute of all records: record i has the entries `offsets[i] .. offsets[i + 1]`, each a code of a value. */
interface Column {
  readonly offsets: Uint32Array;
  readonly codes: Int32Array;
  readonly values: readonly Json[];
  readonly codeOf: ReadonlyMap<Json, number>;
}

const readColumn = (records: Records, name: string): Column => {
  const offsets = new Uint32Array(records.length + 1);
  const codes: number[] = [];
  const values: Json[] = [];
  const codeOf = new Map<Json, number>();
  const add = (value: Json): void => {
    let code = codeOf.get(value);
    if (code === undefined) {
      code = values.push(value) - 1;
      codeOf.set(value, code);
    }
    codes.push(code);
  };
  for (const [i, record] of records.entries()) {
    const value = record ? attributeOf(record, name) : null;
    // An object equals nothing, and neither does one in a list.
    if (Array.isArray(value)) for (const entry of value) if (typeof entry !== 'object') add(entry);
    if (value === null || typeof value !== 'object') add(value);
    offsets[i + 1] = codes.length;
  }
  return { offsets, codes: Int32Array.from(codes), values, codeOf };
};

const bitmapOf = (records: Records, filter: ItemFilter, columnOf: (name: string) => Column): Bitmap => {
  const words = new Uint32Array((records.length + 31) >> 5);
  const wanted = filter.available === undefined ? true : filter.available;
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    if (record && (wanted === null || (record.available ?? true) === wanted)) words[i >> 5]! |= 1 << (i & 31);
  }
  if (filter.categories) keepAny(words, listed(records), codesOf(listed(records), filter.categories));
  for (const condition of filter.attributes ?? []) {
    const column = columnOf(condition.name);
    for (const accepted of acceptedBy(column, condition)) keepAny(words, column, accepted);
  }
  return { size: records.length, words };
};

/** `categories` of the records themselves, whatever attributes they have. */
const categoryColumns = new WeakMap<Records, Column>();
const listed = (records: Records): Column => {
  let column = categoryColumns.get(records);
  if (!column) {
    column = readColumn(
      records.map((record) => record && { categories: record.categories ?? [] }),
      'categories',
    );
    categoryColumns.set(records, column);
  }
  return column;
};

/** One table of accepted codes for each part of a condition: each part needs an entry of its own. */
const acceptedBy = (column: Column, { eq, in: options, min, max }: Condition): Uint8Array[] => {
  const tables: Uint8Array[] = [];
  if (eq !== undefined) tables.push(codesOf(column, [eq]));
  if (options) tables.push(codesOf(column, options));
  if (min !== undefined || max !== undefined) {
    const [low, high] = [min ?? Number.NEGATIVE_INFINITY, max ?? Number.POSITIVE_INFINITY];
    tables.push(
      Uint8Array.from(column.values, (value) => (typeof value === 'number' && value >= low && value <= high ? 1 : 0)),
    );
  }
  return tables;
};

const codesOf = ({ values, codeOf }: Column, wanted: readonly Json[]): Uint8Array => {
  const accepted = new Uint8Array(values.length);
  for (const value of wanted) {
    const code = codeOf.get(value);
    if (code !== undefined) accepted[code] = 1;
  }
  return accepted;
};

/** Clears the bits of the records none of whose entries is accepted. */
const keepAny = (words: Uint32Array, { offsets, codes }: Column, accepted: Uint8Array): void => {
  for (let word = 0; word < words.length; word++) {
    let bits = words[word]!;
    for (let rest = bits; rest !== 0; rest &= rest - 1) {
      const bit = 31 - Math.clz32(rest & -rest);
      const i = (word << 5) | bit;
      let any = false;
      for (let k = offsets[i]!; k < offsets[i + 1]! && !any; k++) any = accepted[codes[k]!] === 1;
      if (!any) bits &= ~(1 << bit);
    }
    words[word] = bits;
  }
};
