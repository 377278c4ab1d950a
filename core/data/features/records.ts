import type { ItemRecord, Json, UserRecord } from '../../spi/index.ts';
import type { Attributes } from './encoding.ts';

/**
 * An item's fields by name: its attributes, and over them `title`, `categories` and `image` where it has them.
 * Its id and availability are no features.
 */
export const itemAttributes = (item: ItemRecord): Attributes => {
  const fields: [string, Json][] = Object.entries(item.attributes ?? {});
  if (item.title !== undefined && item.title !== null) fields.push(['title', item.title]);
  if (item.categories !== undefined) fields.push(['categories', item.categories]);
  if (item.image !== undefined && item.image !== null) fields.push(['image', item.image]);
  return Object.fromEntries(fields);
};

export const userAttributes = (user: UserRecord): Attributes => user.attributes ?? {};
