import { type ItemRecord, itemProblem, RecographError, type UserRecord, userProblem } from 'recograph';
import type { Sql } from './sql.ts';

/** Writes whole records, replacing what was there; only real changes grow the count of changes. */
export const putItems = async (sql: Sql, items: readonly ItemRecord[]): Promise<void> => {
  const rows = items.map((item) => [
    item.id,
    item.title ?? null,
    JSON.stringify(item.categories ?? []),
    item.available ?? true,
    item.image ?? null,
    JSON.stringify(item.attributes ?? {}),
  ]);
  const changed = await sql.change(PUT_ITEMS, [JSON.stringify(rows)]);
  if (changed > 0) await countChange(sql, 'items');
};

export const putUsers = async (sql: Sql, users: readonly UserRecord[]): Promise<void> => {
  const rows = users.map((user) => [user.id, JSON.stringify(user.attributes ?? {})]);
  const changed = await sql.change(PUT_USERS, [JSON.stringify(rows)]);
  if (changed > 0) await countChange(sql, 'users');
};

export const markDeleted = async (sql: Sql, ids: readonly string[]): Promise<number> => {
  const deleted = await sql.change(
    'UPDATE items SET state = 2 WHERE state <> 2 AND id IN (SELECT value FROM json_each(?))',
    [JSON.stringify(ids)],
  );
  if (deleted > 0) await countChange(sql, 'items');
  return deleted;
};

const countChange = (sql: Sql, of: 'items' | 'users'): Promise<number> =>
  sql.change('UPDATE meta SET value = value + 1 WHERE name = ?', [of]);

export const checkItems = (items: readonly ItemRecord[]): void => check('items', items, itemProblem);
export const checkUsers = (users: readonly UserRecord[]): void => check('users', users, userProblem);

const check = <R>(name: string, records: readonly R[], problemOf: (record: R) => string | undefined): void => {
  records.forEach((record, index) => {
    const problem = problemOf(record);
    if (problem)
      throw new RecographError('INVALID_ARGUMENT', `${name}[${index}]: ${problem}`, { at: `${name}[${index}]` });
  });
};

const PUT_ITEMS = `INSERT INTO items(id, state, title, categories, available, image, attributes)
  SELECT value->>0, 1, value->>1, value->>2, value->>3, value->>4, value->>5 FROM json_each(?) WHERE true
  ON CONFLICT(id) DO UPDATE SET state = 1, title = excluded.title, categories = excluded.categories,
    available = excluded.available, image = excluded.image, attributes = excluded.attributes
  WHERE state <> 1 OR title IS NOT excluded.title OR categories IS NOT excluded.categories
    OR available <> excluded.available OR image IS NOT excluded.image OR attributes IS NOT excluded.attributes`;

const PUT_USERS = `INSERT INTO users(id, attributes) SELECT value->>0, value->>1 FROM json_each(?) WHERE true
  ON CONFLICT(id) DO UPDATE SET attributes = excluded.attributes WHERE attributes IS NOT excluded.attributes`;
