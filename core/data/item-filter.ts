import type { ItemFilter, ItemRecord, Json } from '../spi/index.ts';

/**
 * Whether an item meets every condition. A list-valued attribute meets `eq` or `in` when one of its entries does, and
 * `min` / `max` when one of its numbers does; a missing attribute equals null. `title`, `categories` and `available`
 * can be named like attributes, unless an attribute has that name.
 */
export const matchesFilter = (item: Omit<ItemRecord, 'id'>, filter: ItemFilter): boolean => compileFilter(filter)(item);

/**
 * `matchesFilter` for many items: what depends on the filter alone is done once, and a look at an item takes a look-up a
 * condition, however many values it lists.
 */
export const compileFilter = (filter: ItemFilter): ((item: Omit<ItemRecord, 'id'>) => boolean) => {
  const wanted = filter.available === undefined ? true : filter.available;
  const categories = filter.categories && new Set(filter.categories);
  const conditions = (filter.attributes ?? []).map(({ name, eq, in: options, min, max }) => ({
    name,
    sets: [...(eq === undefined ? [] : [new Set([eq])]), ...(options ? [new Set(options)] : [])],
    min,
    max,
  }));
  return (item) => {
    if (wanted !== null && (item.available ?? true) !== wanted) return false;
    if (categories && !item.categories?.some((category) => categories.has(category))) return false;
    return conditions.every(({ name, sets, min, max }) => {
      const value = attributeOf(item, name);
      return sets.every((set) => holds(set, value)) && lies(value, min, max);
    });
  };
};

const holds = (set: ReadonlySet<Json>, value: Json): boolean =>
  set.has(value) || (Array.isArray(value) && value.some((entry) => set.has(entry)));

const lies = (value: Json, min: number | undefined, max: number | undefined): boolean => {
  if (min === undefined && max === undefined) return true;
  const entries: readonly Json[] = Array.isArray(value) ? value : [value];
  return entries.some(
    (entry) =>
      typeof entry === 'number' &&
      entry >= (min ?? Number.NEGATIVE_INFINITY) &&
      entry <= (max ?? Number.POSITIVE_INFINITY),
  );
};

/** An attribute, or one of the named fields where no attribute has the name; null = none. */
export const attributeOf = (item: Omit<ItemRecord, 'id'>, name: string): Json => {
  if (item.attributes && Object.hasOwn(item.attributes, name)) return item.attributes[name]!;
  if (name === 'title') return item.title ?? null;
  if (name === 'categories') return item.categories ?? null;
  if (name === 'available') return item.available ?? true;
  return null;
};
