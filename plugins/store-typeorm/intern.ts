import { LRUCache } from 'lru-cache';
import type { Sql } from './sql.ts';

export type Table = 'users' | 'items' | 'types';

/** Turns ids into the store's integer keys, making keys for ids never seen. Only within a write transaction. */
export interface Interner {
  /** Row for row. */
  keys(table: Table, ids: readonly string[]): Promise<Int32Array>;
  /** After a rollback: keys learned in it are no keys. */
  forget(): void;
}

export const createInterner = (sql: Sql): Interner => {
  const caches = {
    users: new LRUCache<string, number>({ max: 100_000 }),
    items: new LRUCache<string, number>({ max: 100_000 }),
    types: new LRUCache<string, number>({ max: 1000 }),
  };

  const learn = async (table: Table, ids: readonly string[], known: Map<string, number>): Promise<void> => {
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
  };

  return {
    keys: async (table, ids) => {
      const known = new Map<string, number>();
      const missing = new Set<string>();
      for (const id of ids) {
        if (known.has(id)) continue;
        const key = caches[table].get(id);
        if (key === undefined) missing.add(id);
        else known.set(id, key);
      }
      if (missing.size > 0) await learn(table, [...missing], known);
      return Int32Array.from(ids, (id) => known.get(id)!);
    },
    forget: () => {
      for (const cache of Object.values(caches)) cache.clear();
    },
  };
};

const PAGE = 5000;
const json = (ids: readonly string[]): string => JSON.stringify(ids);
