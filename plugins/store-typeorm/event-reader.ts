import { type EventColumns, type History, idProblem, type Store } from 'recograph';
import type { Sql } from './sql.ts';

/** One page is parsed in one go on the event loop: some milliseconds. */
const PAGE = 10_000;

export const createEventReader = (
  sql: Sql,
): Pick<Store, 'events' | 'histories' | 'popularItems' | 'shownPositions'> => ({
  events: (after) => eventPages(sql, after),

  popularItems: async (since, limit, positives) => {
    const [row] = await sql.rows<{ items: string }>(POPULAR, [
      Number.isFinite(since) ? since : -1,
      limit,
      positives ? JSON.stringify(positives) : null,
    ]);
    return (JSON.parse(row!.items) as [string, number][]).map(([id, users]) => ({ id, users }));
  },

  shownPositions: async () => {
    const rows = await sql.rows<{ id: number; position: number }>(POSITIONS);
    return new Map(rows.map(({ id, position }) => [id, position]));
  },

  histories: async (users, limit) => {
    const known = users.filter((user) => idProblem(user, 'user') === undefined);
    const rows = await sql.rows<{ id: string; events: string }>(HISTORIES, [JSON.stringify(known), limit]);
    const found = new Map(rows.map((row) => [row.id, row.events]));
    return users.map((user): History => {
      const events = JSON.parse(found.get(user) ?? '[]') as [string, string, string, number | null][];
      return events.reverse().map(([item, type, value, time]) => ({
        item,
        type,
        value: value === '' ? null : Number(value),
        time: time ?? Number.NaN,
      }));
    });
  },
});

/**
 * Newest first, packed into one text a user: row objects cost many times more. Values as text of 17 digits, for JSON
 * from SQLite keeps 15.
 */
const HISTORIES = `SELECT u.id, (
    SELECT json_group_array(json_array(e.item, e.type, iif(e.value IS NULL, '', format('%!.17g', e.value)), e.time)) FROM (
      SELECT i.id AS item, t.id AS type, value, time FROM events
      JOIN items i ON i.key = events.item JOIN types t ON t.key = events.type
      WHERE user = u.key ORDER BY time DESC, events.id DESC LIMIT ?2) e
  ) AS events
  FROM users u WHERE u.id IN (SELECT value FROM json_each(?1))`;

/**
 * Packed into one text: thousands of row objects hold the event loop. An unknown time counts only where all time is
 * asked for; an event without a value reaches any minimum.
 */
const POPULAR = `WITH positives AS (
    SELECT t.key AS type, value->>'min' AS least FROM json_each(?3) JOIN types t ON t.id = value->>'type')
  SELECT json_group_array(json_array(id, users)) AS items FROM (SELECT i.id, count(DISTINCT user) AS users FROM events JOIN items i ON i.key = events.item
  LEFT JOIN positives p ON p.type = events.type
  WHERE (?1 < 0 OR time >= ?1) AND i.state <> 2
    AND (?3 IS NULL OR (p.type IS NOT NULL AND (p.least IS NULL OR events.value IS NULL OR events.value >= p.least)))
  GROUP BY item ORDER BY users DESC, i.id LIMIT ?2)`;

const POSITIONS = 'SELECT id, position FROM events WHERE position IS NOT NULL';

interface Packed {
  readonly last: number | null;
  readonly ids: string;
  readonly users: string;
  readonly items: string;
  readonly types: string;
  readonly vals: string;
  readonly times: string;
  readonly contexts: string | null;
}

async function* eventPages(sql: Sql, after: number): AsyncIterable<EventColumns> {
  const next = (from: number) => sql.rows<Packed>(PACKED, [from, PAGE]);
  // The database fetches the next page while the caller works on this one.
  let coming = next(after);
  for (;;) {
    const [page] = await coming;
    if (page === undefined || page.last === null) return;
    coming = next(page.last);
    coming.catch(() => undefined);
    yield unpack(page);
  }
}

const unpack = (page: Packed): EventColumns => {
  const columns = {
    ids: Float64Array.from(JSON.parse(page.ids) as number[]),
    users: Int32Array.from(JSON.parse(page.users) as number[]),
    items: Int32Array.from(JSON.parse(page.items) as number[]),
    types: Int32Array.from(JSON.parse(page.types) as number[]),
    values: Float32Array.from(JSON.parse(page.vals) as (number | null)[], orNaN),
    times: Float64Array.from(JSON.parse(page.times) as (number | null)[], orNaN),
  };
  return page.contexts === null ? columns : { ...columns, contexts: JSON.parse(page.contexts) as (string | null)[] };
};

const orNaN = (value: number | null): number => value ?? Number.NaN;

const list = (column: string): string => `'[' || group_concat(${column}) || ']'`;
const PACKED = `SELECT max(id) AS last, ${list('id')} AS ids, ${list('user')} AS users, ${list('item')} AS items,
  ${list('type')} AS types, ${list("ifnull(value, 'null')")} AS vals, ${list("ifnull(time, 'null')")} AS times,
  CASE WHEN count(context) > 0 THEN json_group_array(context) END AS contexts
  FROM (SELECT * FROM events WHERE id > ? ORDER BY id LIMIT ?)`;
