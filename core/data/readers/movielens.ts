import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type ItemRecord, type Json, RecographError, type UserRecord } from '../../spi/index.ts';
import { type InteractionRow, Malformed, mapBatches, type RowBatch } from './batch.ts';
import { CSV, type Dialect, readDelimited } from './delimited.ts';
import { readDelimitedInteractions } from './delimited-interactions.ts';
import { readLines } from './lines.ts';
import { parseTime, parseValue } from './values.ts';

/** GroupLens' three layouts: CSV with headers, `::`-separated .dat (ML-1M, ML-10M), u.data with tabs (ML-100K). */
const TABBED: Dialect = { delimiter: '\t', quotes: false, encoding: 'latin1', trim: false };
const BARRED: Dialect = { delimiter: '|', quotes: false, encoding: 'latin1', trim: false };
const COLONS: Dialect = { delimiter: '::', quotes: false, encoding: 'latin1', trim: false };

/** The file of one kind that the folder has; a path to a file stands for itself. */
const find = (path: string, names: readonly string[]): string | undefined => {
  if (!existsSync(path))
    throw new RecographError('DATA_INVALID', `${path} does not exist; check the path.`, { at: path });
  if (!statSync(path).isDirectory()) return path;
  return names.map((name) => join(path, name)).find((file) => existsSync(file));
};

const missing = (path: string, names: readonly string[]): RecographError =>
  new RecographError('DATA_INVALID', `${path} has none of ${names.join(', ')}; is it a MovieLens folder?`, {
    at: path,
  });

const RATINGS = ['ratings.csv', 'ratings.dat', 'u.data'];
const MOVIES = ['movies.csv', 'movies.dat', 'u.item'];
const USERS = ['users.dat', 'u.user'];

export async function* readMovielensRatings(path: string): AsyncGenerator<RowBatch<InteractionRow>> {
  const file = find(path, RATINGS);
  if (!file) throw missing(path, RATINGS);
  if (file.endsWith('.csv')) yield* readDelimitedInteractions(file, CSV);
  else {
    const dialect = (await firstLine(file)).includes('::') ? COLONS : TABBED;
    yield* mapBatches(readDelimited(file, dialect), ratingOf);
  }
}

const ratingOf = (fields: readonly string[]): InteractionRow | Malformed => {
  if (fields.length !== 4) return new Malformed(`the row has ${fields.length} fields, not 4`);
  const value = parseValue(fields[2]!);
  const time = parseTime(fields[3]!);
  if (value instanceof Malformed) return value;
  if (time instanceof Malformed) return time;
  return { user: fields[0]!, item: fields[1]!, type: 'rating', value, time, context: null };
};

const firstLine = async (file: string): Promise<string> => {
  for await (const { rows } of readLines(file, 'latin1')) if (rows.length > 0) return rows[0]!;
  return '';
};

/** Movies: title, genres as categories, the title's year, and the tags of tags.csv where it stands beside. */
export async function* readMovielensItems(path: string): AsyncGenerator<RowBatch<ItemRecord>> {
  const file = find(path, MOVIES);
  if (!file) throw missing(path, MOVIES);
  if (basename(file) === 'u.item') {
    const genres = await readGenres(join(dirname(file), 'u.genre'));
    yield* mapBatches(readDelimited(file, BARRED), (fields) => {
      if (fields.length < 6) return new Malformed(`the row has ${fields.length} fields, not ${5 + genres.length}`);
      const [id, title] = fields as [string, string];
      return movie(
        id,
        title,
        genres.filter((_, place) => fields[5 + place] === '1'),
      );
    });
    return;
  }
  const isCsv = file.endsWith('.csv');
  const tags = isCsv ? await readTags(join(dirname(file), 'tags.csv')) : new Map<string, string[]>();
  yield* mapBatches(isCsv ? withoutHeader(readDelimited(file, CSV)) : readDelimited(file, COLONS), (fields) => {
    if (fields.length !== 3) return new Malformed(`the row has ${fields.length} fields, not 3`);
    const [id, title, genres] = fields as [string, string, string];
    return movie(id, title, genres === '(no genres listed)' ? [] : genres.split('|'), tags.get(id));
  });
}

/** Whether users are described beside the ratings; MovieLens' CSV editions tell nothing about them. */
export const hasMovielensUsers = (path: string): boolean => find(path, USERS) !== undefined;
export const hasMovielensItems = (path: string): boolean => find(path, MOVIES) !== undefined;

export async function* readMovielensUsers(path: string): AsyncGenerator<RowBatch<UserRecord>> {
  const file = find(path, USERS);
  if (!file) throw missing(path, USERS);
  const isDat = (await firstLine(file)).includes('::');
  yield* mapBatches(readDelimited(file, isDat ? COLONS : BARRED), (fields) => {
    if (fields.length !== 5) return new Malformed(`the row has ${fields.length} fields, not 5`);
    const [id, first, second, third, zip] = fields as [string, string, string, string, string];
    return isDat
      ? { id, attributes: { gender: first, age: Number(second), occupation: third, zip } }
      : { id, attributes: { age: Number(first), gender: second, occupation: third, zip } };
  });
}

const movie = (id: string, title: string, categories: readonly string[], tags?: readonly string[]): ItemRecord => {
  const year = /\((\d{4})\)\s*$/.exec(title)?.[1];
  const attributes: Record<string, Json> = {};
  if (year !== undefined) attributes.year = Number(year);
  if (tags) attributes.tags = tags;
  return { id, title: title || null, categories, attributes };
};

async function* withoutHeader(batches: AsyncIterable<RowBatch<string[]>>): AsyncGenerator<RowBatch<string[]>> {
  let isFirst = true;
  for await (const batch of batches) {
    yield isFirst ? { ...batch, rows: batch.rows.slice(1), lines: batch.lines.slice(1) } : batch;
    if (batch.rows.length > 0) isFirst = false;
  }
}

/** Each movie's tags in the order they were first given, lower case, without repeats. */
const readTags = async (file: string): Promise<Map<string, string[]>> => {
  const tags = new Map<string, string[]>();
  if (!existsSync(file)) return tags;
  for await (const { rows } of withoutHeader(readDelimited(file, CSV))) {
    for (const [, item, text] of rows) {
      const tag = text?.trim().toLowerCase();
      if (item === undefined || !tag) continue;
      const known = tags.get(item);
      if (!known) tags.set(item, [tag]);
      else if (!known.includes(tag)) known.push(tag);
    }
  }
  return tags;
};

const readGenres = async (file: string): Promise<string[]> => {
  const genres: string[] = [];
  if (!existsSync(file)) return genres;
  for await (const { rows } of readDelimited(file, BARRED)) {
    for (const [name, code] of rows) if (name && code !== undefined) genres[Number(code)] = name;
  }
  return genres;
};
