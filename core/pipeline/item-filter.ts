import type { Bitmap, ItemFilter, ItemRecord, Json } from '../spi/index.ts';

export type FilterableItem = Pick<ItemRecord, 'title' | 'categories' | 'available' | 'attributes'>;
type Condition = NonNullable<ItemFilter['attributes']>[number];

/**
 * Whether a record fits every condition of a filter. A list-valued attribute fits `eq` or `in` when one of its
 * entries does, and `min` / `max` when one of its numbers does; a missing attribute fits only `eq: null`.
 * `title`, `categories` and `available` can be named like attributes. Availability counts only where asked for:
 * a catalogue has its own.
 */
export const matchesFilter = (item: FilterableItem, filter: ItemFilter): boolean => {
  if (filter.categories && !filter.categories.some((category) => item.categories?.includes(category))) return false;
  if (typeof filter.available === 'boolean' && (item.available ?? true) !== filter.available) return false;
  return (filter.attributes ?? []).every((condition) => fits(attributeOf(item, condition.name), condition));
};

/** One bit an item; an undefined record fits nothing. */
export const bitmapOfFilter = (items: readonly (FilterableItem | undefined)[], filter: ItemFilter): Bitmap => {
  const words = new Uint32Array((items.length + 31) >> 5);
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (item && matchesFilter(item, filter)) words[i >> 5]! |= 1 << (i & 31);
  }
  return { size: items.length, words };
};

const attributeOf = (item: FilterableItem, name: string): Json => {
  if (item.attributes && Object.hasOwn(item.attributes, name)) return item.attributes[name]!;
  if (name === 'title') return item.title ?? null;
  if (name === 'categories') return item.categories ?? null;
  if (name === 'available') return item.available ?? true;
  return null;
};

const fits = (value: Json, condition: Condition): boolean => {
  const entries: readonly Json[] = Array.isArray(value) ? value : [value];
  const { eq, min, max } = condition;
  if (eq !== undefined && !equal(value, eq) && !entries.some((entry) => equal(entry, eq))) return false;
  if (condition.in && !condition.in.some((wanted) => entries.some((entry) => equal(entry, wanted)))) return false;
  if (min === undefined && max === undefined) return true;
  return entries.some(
    (entry) =>
      typeof entry === 'number' &&
      entry >= (min ?? Number.NEGATIVE_INFINITY) &&
      entry <= (max ?? Number.POSITIVE_INFINITY),
  );
};

const equal = (a: Json, b: Json): boolean =>
  a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
