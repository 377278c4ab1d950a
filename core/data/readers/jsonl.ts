import type { ItemRecord, Json, UserRecord } from '../../spi/index.ts';
import { lossyIntegers } from '../lossy-integers.ts';
import { type InteractionRow, Malformed, mapBatches, type RowBatch } from './batch.ts';
import { ALIASES, type Column, type Field } from './columns.ts';
import { readLines } from './lines.ts';
import type { CatalogueColumns, InteractionColumns } from './spec.ts';
import { parseTime } from './values.ts';

type Row = Readonly<Record<string, Json>>;

/** The text with whole numbers that a double cannot hold as strings: an id keeps its digits. */
const withExactIntegers = (line: string): string => {
  let exact = '';
  let done = 0;
  for (const { digits, at } of lossyIntegers(line)) {
    exact += `${line.slice(done, at)}"${digits}"`;
    done = at + digits.length;
  }
  return exact + line.slice(done);
};

/** One JSON object a line. */
async function* readObjects(file: string): AsyncGenerator<RowBatch<Row>> {
  yield* mapBatches(readLines(file), (line): Row | Malformed => {
    try {
      const value = JSON.parse(withExactIntegers(line)) as Json;
      if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Row;
      return new Malformed('the line is not a JSON object');
    } catch (error) {
      return new Malformed(`the line is not JSON: ${(error as Error).message}`);
    }
  });
}

/** The name under which a row has `field`: as asked for, or by a known name. */
const nameOf = (field: Field, column: Column | undefined, row: Row): string => {
  if (column !== undefined) return String(column);
  if (Object.hasOwn(row, field)) return field;
  const names = Object.keys(row);
  for (const alias of ALIASES[field]) {
    const name = names.find((candidate) => candidate.toLowerCase().replace(/[\s_-]/g, '') === alias);
    if (name !== undefined) return name;
  }
  return field;
};

const own = (row: Row, name: string): Json | undefined => (Object.hasOwn(row, name) ? row[name] : undefined);

const idOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;

export const readJsonlInteractions = (
  file: string,
  columns: InteractionColumns = {},
): AsyncGenerator<RowBatch<InteractionRow>> =>
  mapBatches(readObjects(file), (row): InteractionRow | Malformed => {
    const get = (field: 'user' | 'item' | 'value' | 'time' | 'type') => own(row, nameOf(field, columns[field], row));
    const user = idOf(get('user'));
    const item = idOf(get('item'));
    if (user === undefined || item === undefined)
      return new Malformed(`the row has no ${user === undefined ? 'user' : 'item'}`);
    const value = get('value') ?? Number.NaN;
    if (typeof value !== 'number') return new Malformed(`value is ${JSON.stringify(value)}, not a number`);
    const rawTime = get('time') ?? '';
    const time =
      typeof rawTime === 'string' || typeof rawTime === 'number'
        ? parseTime(String(rawTime))
        : new Malformed(`time is ${JSON.stringify(rawTime)}, neither a number nor an ISO date`);
    if (time instanceof Malformed) return time;
    const type = get('type') ?? (Number.isNaN(value) ? 'interaction' : 'rating');
    if (typeof type !== 'string') return new Malformed(`type is ${JSON.stringify(type)}, not a string`);
    const context = contextOf(row, columns.context);
    return context instanceof Malformed ? context : { user, item, type, value, time, context };
  });

const contextOf = (row: Row, columns: readonly Column[] | undefined): Row | null | Malformed => {
  if (columns) {
    const entries = columns.flatMap((column): [string, Json][] => {
      const value = own(row, String(column));
      return value === undefined || value === null ? [] : [[String(column), value]];
    });
    return entries.length === 0 ? null : Object.fromEntries(entries);
  }
  const context = own(row, 'context') ?? null;
  if (context === null) return null;
  return typeof context === 'object' && !Array.isArray(context)
    ? (context as Row)
    : new Malformed('context is not a JSON object');
};

/** Fields other than the named ones are attributes, and so are those of an object `attributes`. */
export const readJsonlItems = (file: string, columns: CatalogueColumns = {}): AsyncGenerator<RowBatch<ItemRecord>> =>
  mapBatches(readObjects(file), (row): ItemRecord | Malformed => {
    const names = {
      id: nameOf('id', columns.id, row),
      title: nameOf('title', columns.title, row),
      categories: nameOf('categories', columns.categories, row),
      available: nameOf('available', columns.available, row),
      image: nameOf('image', columns.image, row),
    };
    const id = idOf(own(row, names.id));
    if (id === undefined) return new Malformed('the row has no id');
    const categories = own(row, names.categories) ?? [];
    return {
      id,
      title: (own(row, names.title) ?? null) as string | null,
      categories: (typeof categories === 'string' ? [categories] : categories) as readonly string[],
      available: (own(row, names.available) ?? true) as boolean,
      image: (own(row, names.image) ?? null) as string | null,
      attributes: attributesOf(row, Object.values(names)),
    };
  });

export const readJsonlUsers = (file: string, columns: CatalogueColumns = {}): AsyncGenerator<RowBatch<UserRecord>> =>
  mapBatches(readObjects(file), (row): UserRecord | Malformed => {
    const name = nameOf('id', columns.id, row);
    const id = idOf(own(row, name));
    return id === undefined ? new Malformed('the row has no id') : { id, attributes: attributesOf(row, [name]) };
  });

const attributesOf = (row: Row, named: readonly string[]): Record<string, Json> => {
  const inner = own(row, 'attributes');
  const nested = inner !== null && typeof inner === 'object' && !Array.isArray(inner) ? Object.entries(inner) : [];
  const outer = Object.entries(row).filter(
    ([name, value]) =>
      value !== null && !named.includes(name) && !(name === 'attributes' && value === inner && nested.length > 0),
  );
  return Object.fromEntries([...outer, ...nested]);
};
