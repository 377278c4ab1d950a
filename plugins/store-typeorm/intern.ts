import { LRUCache } from 'lru-cache';
import type { Sql } from './sql.ts';

export type Table = 'users' | 'items' | 'types';

/** Turns ids into the store's integer keys, making keys for ids never seen. Only within a write transaction. */
export interface Interner {
  /** Row for row. */
  keys(table: Table, ids: readonly string[]): Promise<Int32Array>;
  /** Row for row; 0 = an id that has no key, and gets none. */
  known(table: Table, ids: readonly string[]): Promise<Int32Array>;
  /** After a rollback: keys learned in it are no keys. */
  forget(): void;
}

export const createInterner = (sql: Sql): Interner => {
  const caches = {
    users: new LRUCache<string, number>({ max: 100_000 }),
    items: new LRUCache<string, number>({ max: 100_000 }),
    types: new LRUCache<string, number>({ max: 1000 }),
  };

  const learn = async (table: Table, ids: readonly string[]): Promise<Map<string, number>> => {
    const known = new Map<string, number>();
    for (let from = 0; from < ids.length; from += PAGE) {
      const page = ids.slice(from, from + PAGE);
      const add = (rows: readonly { key: number; id: string }[]): void => {
        for (const { key, id } of rows) {
          known.set(id, key);
          caches[table].set(id, key);
        }
      };
      add(await sql.rows(`SELECT key, id FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`, [json(page)]));
      const missing = page.filter((id) => !known.has(id));
      if (missing.length === 0) continue;
      add(
        await sql.rows(
          `WITH given AS (SELECT value FROM json_each(?))
           INSERT INTO ${table}(id) SELECT value FROM given RETURNING key, id`,
          [json(missing)],
        ),
      );
    }
    return known;
  };

  return {
    keys: async (table, ids) => {
      const keys = Int32Array.from(ids, (id) => caches[table].get(id) ?? UNKNOWN);
      const missing = new Set(ids.filter((_, row) => keys[row] === UNKNOWN));
      if (missing.size === 0) return keys;
      const learned = await learn(table, [...missing]);
      return keys.map((key, row) => (key === UNKNOWN ? learned.get(ids[row]!)! : key));
    },
    known: async (table, ids) => {
      const keys = Int32Array.from(ids, (id) => caches[table].get(id) ?? UNKNOWN);
      const missing = new Set(ids.filter((id, row) => id !== '' && keys[row] === UNKNOWN));
      if (missing.size === 0) return keys;
      const rows = await sql.rows<{ key: number; id: string }>(
        `SELECT key, id FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`,
        [json([...missing])],
      );
      for (const { key, id } of rows) caches[table].set(id, key);
      const found = new Map(rows.map(({ key, id }) => [id, key]));
      return keys.map((key, row) => (key === UNKNOWN ? (found.get(ids[row]!) ?? UNKNOWN) : key));
    },
    forget: () => {
      for (const cache of Object.values(caches)) cache.clear();
    },
  };
};

/** Keys count from 1. */
const UNKNOWN = 0;
const PAGE = 5000;
const json = (ids: readonly string[]): string => JSON.stringify(ids);
