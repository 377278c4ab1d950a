import { statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { type ItemRecord, RecographError, type UserRecord } from '../../spi/index.ts';
import type { InteractionRow, RowBatch } from './batch.ts';
import { CSV, TSV } from './delimited.ts';
import { readDelimitedItems, readDelimitedUsers } from './delimited-catalogue.ts';
import { readDelimitedInteractions } from './delimited-interactions.ts';
import { readJsonlInteractions, readJsonlItems, readJsonlUsers } from './jsonl.ts';
import { readMovielensItems, readMovielensRatings, readMovielensUsers } from './movielens.ts';
import type { CatalogueSpec, Format, SourceSpec } from './spec.ts';
import { readUserItems } from './user-items.ts';

export type { InteractionRow, RowBatch, RowProblem } from './batch.ts';
export { hasMovielensItems, hasMovielensUsers } from './movielens.ts';
export type { CatalogueSpec, Format, SourceSpec } from './spec.ts';

/** The rows of a file of interactions, streamed in its order. `base` is where relative paths start. */
export const readInteractions = (source: SourceSpec, base = '.'): AsyncGenerator<RowBatch<InteractionRow>> => {
  const file = resolve(base, source.path);
  const columns = source.columns ?? {};
  switch (formatOf(source, file)) {
    case 'csv':
      return readDelimitedInteractions(file, CSV, columns);
    case 'tsv':
      return readDelimitedInteractions(file, TSV, columns);
    case 'jsonl':
      return readJsonlInteractions(file, columns);
    case 'movielens':
      return readMovielensRatings(file);
    case 'user-items':
      return readUserItems(file);
    default:
      throw noParquet(file);
  }
};

export const readItems = (source: CatalogueSpec, base = '.'): AsyncGenerator<RowBatch<ItemRecord>> => {
  const file = resolve(base, source.path);
  const columns = source.columns ?? {};
  switch (formatOf(source, file)) {
    case 'csv':
      return readDelimitedItems(file, CSV, columns);
    case 'tsv':
      return readDelimitedItems(file, TSV, columns);
    case 'jsonl':
      return readJsonlItems(file, columns);
    case 'movielens':
      return readMovielensItems(file);
    case 'user-items':
      throw unsupported(file, 'a user-items file has no catalogue');
    default:
      throw noParquet(file);
  }
};

export const readUsers = (source: CatalogueSpec, base = '.'): AsyncGenerator<RowBatch<UserRecord>> => {
  const file = resolve(base, source.path);
  const columns = source.columns ?? {};
  switch (formatOf(source, file)) {
    case 'csv':
      return readDelimitedUsers(file, CSV, columns);
    case 'tsv':
      return readDelimitedUsers(file, TSV, columns);
    case 'jsonl':
      return readJsonlUsers(file, columns);
    case 'movielens':
      return readMovielensUsers(file);
    case 'user-items':
      throw unsupported(file, 'a user-items file has no catalogue');
    default:
      throw noParquet(file);
  }
};

const ENDINGS: Readonly<Record<string, Format>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.tab': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.parquet': 'parquet',
  '.dat': 'movielens',
  '.data': 'movielens',
  '.item': 'movielens',
  '.user': 'movielens',
};

/** The format asked for, or the one the path's ending tells. */
export const formatOf = (source: { path: string; format?: Format | undefined }, file = source.path): Format => {
  if (source.format) return source.format;
  const known = ENDINGS[extname(file).toLowerCase()];
  if (known) return known;
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) return 'movielens';
  throw unsupported(file, 'its ending tells no format; set format to csv, tsv, jsonl, movielens or user-items');
};

const unsupported = (file: string, reason: string): RecographError =>
  new RecographError('UNSUPPORTED_FORMAT', `${file}: ${reason}.`, { at: file });

const noParquet = (file: string): RecographError =>
  unsupported(
    file,
    'Parquet is not read by recograph itself. Install @duckdb/node-api and convert it: ' +
      `COPY (FROM '${file}') TO 'interactions.csv' (HEADER)`,
  );
