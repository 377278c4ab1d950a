import type { ShownRecord, Store } from 'recograph';
import type { WriteGate } from './gate.ts';
import type { Interner } from './intern.ts';
import { firstIdOf, idHex, idOfHex, timeOfHex } from './recommendation-ids.ts';
import type { Sql } from './sql.ts';
import { packNumbers, unpackNumbers } from './varints.ts';

/** Rows of one transaction of `pruneShown`, and of one call. */
const PRUNE_CHUNK = 2000;
const PRUNE_CHUNKS = 10;
/** Bytes of a row beside its items: id, keys, the row's and the page's own. Measured over rows of ten items. */
export const ROW_BYTES = 38;

/** What was shown: one row a page, about 60 bytes for ten items, in the order of time. */
export const createShown = (
  gate: WriteGate,
  write: Sql,
  read: Sql,
  interner: Interner,
): Pick<Store, 'addShown' | 'shown' | 'pruneShown'> => ({
  addShown: async (records) => {
    if (records.length > 0) await gate.write(() => insert(write, interner, records));
  },

  shown: async (recommendationId) => {
    const hex = idHex(recommendationId);
    if (hex === undefined) return [];
    const pages = await read.rows<PageRow>(PAGES, [hex]);
    return Promise.all(pages.map((page) => pageOf(read, recommendationId, page)));
  },

  pruneShown: async ({ before, maxBytes }) => {
    for (let chunk = 0; chunk < PRUNE_CHUNKS; chunk++) {
      const isMore = await gate.write(() => pruneChunk(write, before, maxBytes));
      if (!isMore) return false;
    }
    return true;
  },
});

const insert = async (sql: Sql, interner: Interner, records: readonly ShownRecord[]): Promise<void> => {
  const sources = await sourceKeys(sql, records);
  const users = await interner.known(
    'users',
    records.map(({ user }) => user ?? ''),
  );
  const items = await interner.known(
    'items',
    records.flatMap((record) => record.items.map((item) => item ?? '')),
  );
  const rows: (string | number | null)[][] = [];
  let at = 0;
  for (const [k, record] of records.entries()) {
    const places = items.subarray(at, at + record.items.length);
    at += record.items.length;
    const hex = idHex(record.recommendationId);
    if (hex === undefined) continue;
    rows.push([hex, record.from, sources.get(sourceOf(record))!, users[k] || null, packNumbers(places)]);
  }
  rows.sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
  const written = await sql.rows<{ bytes: number }>(INSERT, [JSON.stringify(rows)]);
  const bytes = written.reduce((sum, row) => sum + ROW_BYTES + row.bytes, 0);
  await grow(sql, written.length, bytes);
};

const sourceOf = ({ pipeline, bundle }: ShownRecord): string => JSON.stringify([pipeline, bundle]);

/** Keys of the pipelines and bundles that answered; each remembers when it last did. */
const sourceKeys = async (sql: Sql, records: readonly ShownRecord[]): Promise<Map<string, number>> => {
  const newest = new Map<string, number>();
  for (const record of records) {
    const at = timeOfHex(idHex(record.recommendationId) ?? '0');
    newest.set(sourceOf(record), Math.max(at, newest.get(sourceOf(record)) ?? 0));
  }
  const rows = await sql.rows<{ key: number; source: string }>(PUT_SOURCES, [JSON.stringify([...newest])]);
  return new Map(rows.map(({ key, source }) => [source, key]));
};

const PUT_SOURCES = `WITH given AS (SELECT value->>0 AS source, value->>1 AS at FROM json_each(?))
  INSERT INTO shown_sources(source, at) SELECT source, at FROM given WHERE true
  ON CONFLICT(source) DO UPDATE SET at = max(at, excluded.at) RETURNING key, source`;

/** A longer page from the same place replaces a shorter one. */
const INSERT = `WITH given AS (SELECT value FROM json_each(?))
  INSERT INTO shown(id, start, source, user, items)
  SELECT unhex(value->>0), value->>1, value->>2, value->>3, unhex(value->>4) FROM given WHERE true
  ON CONFLICT(id, start) DO UPDATE SET items = excluded.items WHERE length(excluded.items) > length(shown.items)
  RETURNING length(items) AS bytes`;

const grow = async (sql: Sql, rows: number, bytes: number): Promise<void> => {
  await sql.change(
    "UPDATE meta SET value = max(0, value + CASE name WHEN 'shown' THEN ?1 ELSE ?2 END) WHERE name IN ('shown', 'shownBytes')",
    [rows, bytes],
  );
};

interface PageRow {
  readonly start: number;
  readonly source: string;
  readonly user: string | null;
  readonly items: string;
}

const PAGES = `SELECT start, s.source AS source, u.id AS user, hex(items) AS items FROM shown
  JOIN shown_sources s ON s.key = shown.source LEFT JOIN users u ON u.key = shown.user
  WHERE shown.id = unhex(?) ORDER BY start`;

const pageOf = async (sql: Sql, recommendationId: string, page: PageRow): Promise<ShownRecord> => {
  const keys = unpackNumbers(page.items);
  const rows = await sql.rows<{ key: number; id: string }>(
    'SELECT key, id FROM items WHERE key IN (SELECT value FROM json_each(?))',
    [JSON.stringify(keys)],
  );
  const ids = new Map(rows.map(({ key, id }) => [key, id]));
  const [pipeline, bundle] = JSON.parse(page.source) as [string, string];
  const items = keys.map((key) => ids.get(key) ?? null);
  return { recommendationId, user: page.user, pipeline, bundle, from: page.start, items };
};

/** true = there may be more. Slates of earlier releases, whose rows name their time, leave in the same way. */
const pruneChunk = async (sql: Sql, before: number, maxBytes: number): Promise<boolean> => {
  const [held] = await sql.rows<{ bytes: number }>("SELECT value AS bytes FROM meta WHERE name = 'shownBytes'");
  const excess = (held?.bytes ?? 0) - maxBytes;
  const oldest = await sql.rows<{ id: string; start: number; bytes: number }>(
    'SELECT hex(id) AS id, start, length(items) AS bytes FROM shown ORDER BY id, start LIMIT ?',
    [PRUNE_CHUNK],
  );
  const end = firstIdOf(before);
  let bytes = 0;
  let rows = 0;
  while (rows < oldest.length && (oldest[rows]!.id.toLowerCase() < end || bytes < excess)) {
    bytes += ROW_BYTES + oldest[rows++]!.bytes;
  }
  if (rows > 0) {
    const last = oldest[rows - 1]!;
    await sql.change('DELETE FROM shown WHERE (id, start) <= (unhex(?), ?)', [last.id, last.start]);
    await grow(sql, -rows, -bytes);
    // Whoever answered last before the rows that are left has none of them.
    await sql.change('DELETE FROM shown_sources WHERE at < ?', [timeOfHex(last.id)]);
  }
  const old = await sql.change(
    'DELETE FROM slates WHERE id IN (SELECT id FROM slates WHERE createdAt < ? ORDER BY createdAt LIMIT ?)',
    [before, PRUNE_CHUNK],
  );
  return rows === PRUNE_CHUNK || old === PRUNE_CHUNK;
};

/** Where a recommendation showed items: rank by item key. */
export type ShownPlaces = ReadonlyMap<number, number>;

/** By the 16 bytes of its id in hex, the places of each of these recommendations that is known. */
export const placesOf = async (sql: Sql, ids: readonly string[]): Promise<ReadonlyMap<string, ShownPlaces>> => {
  const known = new Map<string, Map<number, number>>();
  const add = (hex: string, item: number, place: number): void => {
    const places = known.get(hex) ?? new Map<number, number>();
    known.set(hex, places.set(item, place));
  };
  const hexes = [...new Set(ids.flatMap((id) => idHex(id) ?? []))];
  if (hexes.length === 0) return known;
  const rows = await sql.rows<{ id: string; start: number; items: string }>(
    'SELECT lower(hex(id)) AS id, start, hex(items) AS items FROM shown WHERE id IN (SELECT unhex(value) FROM json_each(?))',
    [JSON.stringify(hexes)],
  );
  for (const { id, start, items } of rows) {
    for (const [k, item] of unpackNumbers(items).entries()) add(id, item, start + k);
  }
  const earlier = await sql.rows<{ id: string; item: number; place: number }>(EARLIER, [
    JSON.stringify(hexes.map(idOfHex)),
  ]);
  for (const { id, item, place } of earlier) add(idHex(id)!, item, place);
  return known;
};

/** Slates as releases up to schema version 2 wrote them. */
const EARLIER = `SELECT s.id AS id, i.key AS item, shown.key + 1 AS place FROM slates s
  JOIN json_each(s.items) shown JOIN items i ON i.id = shown.value
  WHERE s.id IN (SELECT value FROM json_each(?))`;
