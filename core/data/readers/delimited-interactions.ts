import { RecographError } from '../../spi/index.ts';
import { type InteractionRow, Malformed, mapBatches, type RowBatch } from './batch.ts';
import { type Column, hasHeader, locate, named, required } from './columns.ts';
import { type Dialect, type RowShape, readDelimited } from './delimited.ts';
import type { InteractionColumns } from './spec.ts';
import { parseScalar, parseTime, parseValue } from './values.ts';

type Columns = InteractionColumns;

/** Interactions of a delimited file; the first row is its header unless `columns` gives positions. */
export async function* readDelimitedInteractions(
  file: string,
  dialect: Dialect,
  columns: Columns = {},
): AsyncGenerator<RowBatch<InteractionRow>> {
  const { context = [], ...fields } = columns;
  const headed = hasHeader([...Object.values(fields), ...context]);
  const shape: RowShape = {};
  let toRow: ((fields: readonly string[]) => InteractionRow | Malformed) | undefined;
  const rows = async function* (): AsyncGenerator<RowBatch<string[]>> {
    for await (const batch of readDelimited(file, dialect, shape)) {
      if (toRow || batch.rows.length === 0) yield batch;
      else {
        const first = batch.rows[0]!;
        toRow = rowReader(file, first, headed, columns, context, shape);
        yield headed ? { ...batch, rows: batch.rows.slice(1), lines: batch.lines.slice(1) } : batch;
      }
    }
  };
  yield* mapBatches(rows(), (fields) => toRow!(fields));
}

const rowReader = (
  file: string,
  first: readonly string[],
  headed: boolean,
  columns: Columns,
  context: readonly Column[],
  shape: RowShape,
) => {
  const header = headed ? first.map((name) => name.trim()) : [];
  const at = (field: 'user' | 'item' | 'value' | 'time' | 'type') => locate(field, columns[field], header, file);
  const user = required(at('user'), 'user', header, file);
  const item = required(at('item'), 'item', header, file);
  shape.fits = (fields) => ![fields[user], fields[item]].some((id) => id?.includes('\n'));
  const value = at('value');
  const time = at('time');
  const type = at('type');
  const contexts = context.map((column) => ({
    name: typeof column === 'number' ? `column${column}` : column,
    place: typeof column === 'number' ? column : named(column, header, file, 'context'),
  }));
  const width = first.length;
  const last = Math.max(user, item, value, time, type, ...contexts.map(({ place }) => place));
  if (last >= width) {
    throw new RecographError(
      'DATA_INVALID',
      `${file}: columns names position ${last}, but rows have ${width} fields.`,
      {
        at: `${file}:1`,
      },
    );
  }
  const defaultType = value >= 0 ? 'rating' : 'interaction';

  return (fields: readonly string[]): InteractionRow | Malformed => {
    if (fields.length !== width) return new Malformed(`the row has ${fields.length} fields, not ${width}`);
    const parsedValue = value < 0 ? Number.NaN : parseValue(fields[value]!);
    if (parsedValue instanceof Malformed) return parsedValue;
    const parsedTime = time < 0 ? Number.NaN : parseTime(fields[time]!);
    if (parsedTime instanceof Malformed) return parsedTime;
    return {
      user: fields[user]!,
      item: fields[item]!,
      type: (type >= 0 && fields[type]) || defaultType,
      value: parsedValue,
      time: parsedTime,
      context: contexts.length === 0 ? null : contextOf(contexts, fields),
    };
  };
};

const contextOf = (
  contexts: readonly { name: string; place: number }[],
  fields: readonly string[],
): InteractionRow['context'] => {
  const entries = contexts.flatMap(({ name, place }): [string, string | number][] =>
    fields[place] === '' ? [] : [[name, parseScalar(fields[place]!)]],
  );
  return entries.length === 0 ? null : Object.fromEntries(entries);
};
