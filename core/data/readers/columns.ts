import { RecographError } from '../../spi/index.ts';

export type Column = string | number;

/** Headers that are understood without being named, compared without case, blanks, `_` and `-`. */
export const ALIASES = {
  user: ['user', 'userid', 'uid', 'visitorid', 'customerid'],
  item: ['item', 'itemid', 'iid', 'movieid', 'productid', 'articleid', 'trackid', 'bookid'],
  value: ['value', 'rating', 'score', 'label', 'stars'],
  time: ['time', 'timestamp', 'ts', 'date', 'datetime', 'createdat', 'unixreviewtime'],
  type: ['type', 'event', 'eventtype', 'action', 'behavior'],
  id: ['id', 'item', 'itemid', 'movieid', 'productid', 'articleid', 'trackid', 'bookid', 'user', 'userid', 'uid'],
  title: ['title', 'name'],
  categories: ['categories', 'genres', 'category', 'genre'],
  available: ['available', 'availability', 'instock'],
  image: ['image', 'imageurl', 'poster', 'posterurl', 'thumbnail'],
} as const;

export type Field = keyof typeof ALIASES;

const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '');

/** Positions stand for columns of a file without a header; one of them means there is none. */
export const hasHeader = (columns: readonly (Column | undefined)[]): boolean =>
  !columns.some((column) => typeof column === 'number');

/** Where `column` is; -1 = nowhere, and nobody asked for it by name. */
export const locate = (field: Field, column: Column | undefined, header: readonly string[], file: string): number => {
  if (typeof column === 'number') return column;
  if (column !== undefined) return named(column, header, file, field);
  for (const alias of ALIASES[field]) {
    const place = header.findIndex((name) => plain(name) === alias);
    if (place >= 0) return place;
  }
  return -1;
};

export const named = (column: string, header: readonly string[], file: string, field: string): number => {
  const place = header.indexOf(column);
  if (place >= 0) return place;
  throw new RecographError(
    'DATA_INVALID',
    `${file}: columns.${field} is "${column}", but the header has: ${header.join(', ')}.`,
    { at: `${file}:1` },
  );
};

export const required = (place: number, field: Field, header: readonly string[], file: string): number => {
  if (place >= 0) return place;
  throw new RecographError(
    'DATA_INVALID',
    `${file}: no column for ${field} among: ${header.join(', ')}. Name it: columns: { ${field}: '...' }, ` +
      'or give positions from 0 where the file has no header.',
    { at: `${file}:1` },
  );
};
