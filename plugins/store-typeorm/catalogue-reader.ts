import { compileFilter, type ItemRecord, idProblem, type Json, type Store, type UserRecord } from 'recograph';
import type { Sql } from './sql.ts';

interface ItemRow {
  readonly key: number;
  readonly id: string;
  readonly title: string | null;
  readonly categories: string | null;
  readonly available: number;
  /** 0 = known from events alone. */
  readonly state: number;
  readonly image: string | null;
  readonly attributes: string | null;
}
interface UserRow {
  readonly key: number;
  readonly id: string;
  readonly attributes: string | null;
}
type Attributes = Readonly<Record<string, Json>>;

const COLUMNS = 'key, id, title, categories, available, image, attributes, state';
const PAGE = 500;
const PACKED_PAGE = 2000;

/** `hideUnlisted`: items known from events alone are not available. */
export const createCatalogueReader = (
  sql: Sql,
  hideUnlisted: boolean,
): Pick<Store, 'items' | 'users' | 'listItems' | 'allItems' | 'allUsers' | 'keys'> => {
  const itemOf = itemReader(hideUnlisted);
  return {
    items: async (ids) => {
      const rows = await sql.rows<ItemRow>(
        `SELECT ${COLUMNS} FROM items WHERE state <> 2 AND id IN (SELECT value FROM json_each(?))`,
        [JSON.stringify(sane(ids))],
      );
      const found = new Map(rows.map((row) => [row.id, itemOf(row)]));
      return ids.map((id) => found.get(id));
    },

    users: async (ids) => {
      const rows = await sql.rows<UserRow>(
        'SELECT key, id, attributes FROM users WHERE id IN (SELECT value FROM json_each(?))',
        [JSON.stringify(sane(ids))],
      );
      const found = new Map(rows.map((row) => [row.id, userOf(row)]));
      return ids.map((id) => found.get(id));
    },

    listItems: async ({ first, after = '', filter = {} }) => {
      const fits = compileFilter(filter);
      const items: ItemRecord[] = [];
      for (let from = after; ; ) {
        const rows = await sql.rows<ItemRow>(
          `SELECT ${COLUMNS} FROM items WHERE id > ? AND state <> 2 ORDER BY id LIMIT ?`,
          [from, PAGE],
        );
        for (const row of rows) {
          const item = itemOf(row);
          if (!fits(item)) continue;
          if (items.length === first) return { items, hasNextPage: true };
          items.push(item);
        }
        if (rows.length < PAGE) return { items, hasNextPage: false };
        from = rows[rows.length - 1]!.id;
      }
    },

    allItems: () =>
      pages(sql, `SELECT ${COLUMNS} FROM items WHERE key > ? AND state <> 2 ORDER BY key LIMIT ?`, itemOf),
    allUsers: () => pages(sql, 'SELECT key, id, attributes FROM users WHERE key > ? ORDER BY key LIMIT ?', userOf),

    keys: async (of, after) => {
      const table = { user: 'users', item: 'items', type: 'types' }[of];
      const keys: number[] = [];
      const ids: string[] = [];
      for (let from = after; ; from = keys[keys.length - 1]!) {
        const [page] = await sql.rows<{ keys: string; ids: string }>(
          `SELECT json_group_array(key) AS keys, json_group_array(id) AS ids
         FROM (SELECT key, id FROM ${table} WHERE key > ? ORDER BY key LIMIT ?)`,
          [from, 10_000],
        );
        const pageKeys = JSON.parse(page!.keys) as number[];
        if (pageKeys.length === 0) return { keys: Int32Array.from(keys), ids };
        keys.push(...pageKeys);
        ids.push(...(JSON.parse(page!.ids) as string[]));
      }
    },
  };
};

/** Ids that no record can have are no keys of one; as JSON they could be misread as another's. */
const sane = (ids: readonly string[]): string[] => ids.filter((id) => idProblem(id, 'id') === undefined);

/** Rows packed into one text a page, which costs half of what row objects do. */
async function* pages<Row extends { readonly key: number }, R>(sql: Sql, text: string, recordOf: (row: Row) => R) {
  const columns = (/SELECT (.*?) FROM/.exec(text)?.[1] ?? '').split(', ');
  const pairs = columns.map((column) => `'${column}', ${column}`).join(', ');
  const packed = `SELECT json_group_array(json_object(${pairs})) AS rows FROM (${text})`;
  for (let after = 0; ; ) {
    const [page] = await sql.rows<{ rows: string }>(packed, [after, PACKED_PAGE]);
    const rows = JSON.parse(page!.rows) as Row[];
    if (rows.length === 0) return;
    yield { keys: Int32Array.from(rows, (row) => row.key), records: rows.map(recordOf) };
    after = rows[rows.length - 1]!.key;
  }
}

const itemReader =
  (hideUnlisted: boolean) =>
  (row: ItemRow): ItemRecord => ({
    id: row.id,
    title: row.title,
    categories: row.categories === null ? [] : (JSON.parse(row.categories) as string[]),
    available: row.available === 1 && !(hideUnlisted && row.state === 0),
    image: row.image,
    attributes: attributesOf(row.attributes),
    ...(row.state === 0 ? { listed: false } : {}),
  });

const userOf = (row: UserRow): UserRecord => ({ id: row.id, attributes: attributesOf(row.attributes) });
const attributesOf = (text: string | null): Attributes => (text === null ? {} : (JSON.parse(text) as Attributes));
