import type { ItemRecord, Json, UserRecord } from '../../spi/index.ts';
import { Malformed, mapBatches, type RowBatch } from './batch.ts';
import { hasHeader, locate, required } from './columns.ts';
import { type Dialect, readDelimited } from './delimited.ts';
import type { CatalogueColumns } from './spec.ts';
import { parseAttribute, parseBoolean, parseList } from './values.ts';

type Fields = readonly string[];

/** Items of a delimited file; every column that is not a named field is an attribute of its header's name. */
export const readDelimitedItems = (
  file: string,
  dialect: Dialect,
  columns: CatalogueColumns = {},
): AsyncGenerator<RowBatch<ItemRecord>> =>
  readRecords(file, dialect, columns, (header, width) => {
    const at = (field: 'title' | 'categories' | 'available' | 'image') => locate(field, columns[field], header, file);
    const id = required(locate('id', columns.id, header, file), 'id', header, file);
    const title = at('title');
    const categories = at('categories');
    const available = at('available');
    const image = at('image');
    const attributesOf = attributeReader(header, width, [id, title, categories, available, image]);
    const hasAttributes = width > [id, title, categories, available, image].filter((place) => place >= 0).length;
    return (fields) => {
      const isAvailable = available < 0 || fields[available] === '' ? true : parseBoolean(fields[available]!);
      if (isAvailable instanceof Malformed) return isAvailable;
      return {
        id: fields[id]!,
        ...(title < 0 ? {} : { title: fields[title] || null }),
        ...(categories < 0 ? {} : { categories: parseList(fields[categories]!) }),
        ...(available < 0 ? {} : { available: isAvailable }),
        ...(image < 0 ? {} : { image: fields[image] || null }),
        ...(hasAttributes ? { attributes: attributesOf(fields) } : {}),
      };
    };
  });

export const readDelimitedUsers = (
  file: string,
  dialect: Dialect,
  columns: CatalogueColumns = {},
): AsyncGenerator<RowBatch<UserRecord>> =>
  readRecords(file, dialect, columns, (header, width) => {
    const user = columns.id === undefined ? locate('user', undefined, header, file) : -1;
    const id = user >= 0 ? user : required(locate('id', columns.id, header, file), 'id', header, file);
    const attributesOf = attributeReader(header, width, [id]);
    return (fields) => ({ id: fields[id]!, attributes: attributesOf(fields) });
  });

async function* readRecords<R extends object>(
  file: string,
  dialect: Dialect,
  columns: CatalogueColumns,
  readerOf: (header: Fields, width: number) => (fields: Fields) => R | Malformed,
): AsyncGenerator<RowBatch<R>> {
  const headed = hasHeader(Object.values(columns));
  let width = 0;
  let toRecord: ((fields: Fields) => R | Malformed) | undefined;
  const rows = async function* (): AsyncGenerator<RowBatch<string[]>> {
    for await (const batch of readDelimited(file, dialect)) {
      if (toRecord || batch.rows.length === 0) {
        yield batch;
        continue;
      }
      const first = batch.rows[0]!;
      width = first.length;
      toRecord = readerOf(
        first.map((name, place) => (headed ? name.trim() : `column${place}`)),
        width,
      );
      yield headed ? { ...batch, rows: batch.rows.slice(1), lines: batch.lines.slice(1) } : batch;
    }
  };
  yield* mapBatches(rows(), (fields) =>
    fields.length === width ? toRecord!(fields) : new Malformed(`the row has ${fields.length} fields, not ${width}`),
  );
}

const attributeReader = (header: Fields, width: number, named: readonly number[]) => {
  const places = Array.from({ length: width }, (_, place) => place).filter((place) => !named.includes(place));
  return (fields: Fields): Record<string, Json> =>
    Object.fromEntries(
      places.flatMap((place): [string, Json][] =>
        fields[place] === '' ? [] : [[header[place]!, parseAttribute(fields[place]!)]],
      ),
    );
};
