import { type ItemOwner, type ItemRecord, itemProblem, RecographError, type UserRecord, userProblem } from 'recograph';
import type { Sql } from './sql.ts';

/** Whose word a record is: a file's, or the API's. */
export interface Origin {
  readonly by: 'file' | 'api';
  readonly owner: ItemOwner;
}
const BY_API: Origin = { by: 'api', owner: 'newest' };
const ORIGINS = { file: 1, api: 2 } as const;

/**
 * Writes records: a field that is left out stays as it was, or is empty where there was none. Only real changes grow the
 * count of changes. Answers with how many items of a file were left as they are.
 */
export const putItems = async (
  sql: Sql,
  items: readonly ItemRecord[],
  { by, owner }: Origin = BY_API,
): Promise<number> => {
  const rows = merged(items).map(({ listed: _, ...item }) => item);
  const given = JSON.stringify(rows);
  const kept = by === 'api' || owner === 'file' ? 0 : await keptOf(sql, given, owner);
  const changed = await sql.change(PUT_ITEMS, [given, ORIGINS[by], by === 'api' ? 'file' : owner]);
  if (changed > 0) await countChange(sql, 'items');
  return kept;
};

const keptOf = async (sql: Sql, given: string, owner: ItemOwner): Promise<number> => {
  const [row] = await sql.rows<{ count: number }>(KEPT, [given, owner]);
  return row!.count;
};

export const putUsers = async (sql: Sql, users: readonly UserRecord[]): Promise<void> => {
  const changed = await sql.change(PUT_USERS, [JSON.stringify(merged(users))]);
  if (changed > 0) await countChange(sql, 'users');
};

/** One record an id, what comes later over what came before. */
const merged = <R extends { readonly id: string }>(records: readonly R[]): R[] => {
  const byId = new Map<string, R>();
  for (const record of records) byId.set(record.id, { ...byId.get(record.id), ...record });
  return [...byId.values()];
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

/** Whether an item is not a file's to write: state 2 = deleted; origin 2 = the API's. */
const notTheFiles = (item: string, owner: string): string =>
  `(${item}.state = 2 OR (${owner} = 'api' AND ${item}.state = 1 AND ${item}.origin = 2))`;

const KEPT = `SELECT count(*) AS count FROM json_each(?1) g JOIN items i ON i.id = g.value->>'id'
  WHERE ${notTheFiles('i', '?2')}`;

const given = (field: string, otherwise: string): string =>
  `iif(json_type(g.value, '$.${field}') IS NULL, ${otherwise}, g.value->>'${field}')`;

const PUT_ITEMS = `INSERT INTO items(id, state, title, categories, available, image, attributes, origin)
  SELECT g.value->>'id', 1, ${given('title', 'i.title')}, coalesce(${given('categories', 'i.categories')}, '[]'),
    coalesce(${given('available', 'i.available')}, 1), ${given('image', 'i.image')},
    coalesce(${given('attributes', 'i.attributes')}, '{}'), ?2
  FROM json_each(?1) g LEFT JOIN items i ON i.id = g.value->>'id' AND i.state = 1
  WHERE ?3 = 'file' OR NOT EXISTS (SELECT 1 FROM items o WHERE o.id = g.value->>'id' AND ${notTheFiles('o', '?3')})
  ON CONFLICT(id) DO UPDATE SET state = 1, title = excluded.title, categories = excluded.categories,
    available = excluded.available, image = excluded.image, attributes = excluded.attributes, origin = excluded.origin
  WHERE state <> 1 OR title IS NOT excluded.title OR categories IS NOT excluded.categories
    OR available <> excluded.available OR image IS NOT excluded.image OR attributes IS NOT excluded.attributes`;

const PUT_USERS = `INSERT INTO users(id, attributes)
  SELECT g.value->>'id', ${given('attributes', 'u.attributes')}
  FROM json_each(?) g LEFT JOIN users u ON u.id = g.value->>'id' WHERE true
  ON CONFLICT(id) DO UPDATE SET attributes = excluded.attributes WHERE attributes IS NOT excluded.attributes`;
