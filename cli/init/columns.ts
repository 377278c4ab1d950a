import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { RecographError } from 'recograph';

/** Header names people give the columns of an event log, most telling first. */
const NAMES = {
  user: ['user_id', 'userid', 'user', 'customer_id', 'customerid', 'customer', 'visitorid', 'uid', 'account_id'],
  item: [
    'item_id',
    'itemid',
    'item',
    'product_id',
    'productid',
    'movieid',
    'movie_id',
    'product',
    'article_id',
    'sku',
    'iid',
  ],
  value: ['rating', 'value', 'score', 'stars', 'quantity', 'count', 'weight'],
  time: ['timestamp', 'time', 'date', 'created_at', 'datetime', 'event_time', 'ts'],
  type: ['type', 'event', 'event_type', 'action', 'behavior'],
} as const;
export type Columns = { user: string; item: string; value?: string; time?: string; type?: string };

/** Reads a CSV's header and says which column is what. Throws DATA_INVALID where user or item cannot be told. */
export const guessColumns = async (file: string): Promise<Columns> => {
  const header = await readHeader(file);
  const find = (role: keyof typeof NAMES): string | undefined => {
    const known = NAMES[role] as readonly string[];
    return known
      .map((name) => header.find((column) => column.toLowerCase() === name))
      .find((column) => column !== undefined);
  };
  const user = find('user');
  const item = find('item');
  if (user === undefined || item === undefined) {
    const missing = user === undefined ? 'user' : 'item';
    const message = `${file}:1 has the columns ${header.join(', ')}; none of them is known to name the ${missing}. Rename it to ${missing}_id and run init again.`;
    throw new RecographError('DATA_INVALID', message, { at: `${file}:1` });
  }
  const rest = Object.fromEntries(
    (['value', 'time', 'type'] as const).map((role) => [role, find(role)]).filter(([, column]) => column !== undefined),
  );
  return { user, item, ...rest };
};

const readHeader = async (file: string): Promise<string[]> => {
  const rows = createReadStream(file).pipe(parse({ bom: true, toLine: 1, trim: true }));
  try {
    for await (const row of rows) return row as string[];
  } catch (cause) {
    throw new RecographError('DATA_INVALID', `${file} cannot be read: ${(cause as Error).message}`, {
      at: file,
      cause,
    });
  }
  throw new RecographError('DATA_EMPTY', `${file} is empty. Its first line must name the columns.`, { at: file });
};
