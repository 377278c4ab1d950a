import type { ItemFilter, ItemRecord, Json } from '../spi/index.ts';

/** Whether an item meets every condition. A list attribute equals a value when it holds it. */
export const matchesFilter = (item: ItemRecord, filter: ItemFilter): boolean => {
  const wanted = filter.available === undefined ? true : filter.available;
  if (wanted !== null && (item.available ?? true) !== wanted) return false;
  if (filter.categories && !filter.categories.some((category) => item.categories?.includes(category))) return false;
  return (filter.attributes ?? []).every((condition) => {
    const { name } = condition;
    const value = item.attributes && Object.hasOwn(item.attributes, name) ? item.attributes[name] : undefined;
    if (condition.eq !== undefined && !equals(value, condition.eq)) return false;
    if (condition.in && !condition.in.some((option) => equals(value, option))) return false;
    if (condition.min !== undefined && !(typeof value === 'number' && value >= condition.min)) return false;
    return condition.max === undefined || (typeof value === 'number' && value <= condition.max);
  });
};

const equals = (value: Json | undefined, wanted: Json): boolean =>
  value === undefined
    ? wanted === null
    : value === wanted || (Array.isArray(value) && (value as readonly Json[]).includes(wanted));
