import {
  type BulkImport,
  type BulkResult,
  type EventBatch,
  type ItemOwner,
  MAX_EVENT_TYPES,
  RecographError,
} from 'recograph';
import { checkItems, checkUsers, putItems, putUsers } from './catalogue-writer.ts';
import { sqliteCode, storeError } from './errors.ts';
import type { WriteGate } from './gate.ts';
import type { Interner, Table } from './intern.ts';
import type { Sql } from './sql.ts';

/** One transaction over everything; other writers wait at the gate until it ends, readers see the state before it. */
export const createBulkImport = async (
  gate: WriteGate,
  sql: Sql,
  interner: Interner,
  path: string,
  asked: { readonly source?: string; readonly owner?: ItemOwner; readonly now: number },
): Promise<BulkImport> => {
  const transaction = await gate.begin();
  const codes = { users: createCodes(), items: createCodes(), types: createCodes() };
  let inserting: Promise<unknown> = Promise.resolve();
  let given = 0;
  let kept = 0;
  let before: Known;
  let isFirst = true;
  let indexed = true;

  /** Into an empty table rows go three times faster when the indexes are built afterwards. */
  const start = async (): Promise<void> => {
    isFirst = false;
    if (before.events > 0) return;
    indexed = false;
    await sql.rows('DROP INDEX events_key');
    await sql.rows('DROP INDEX events_user');
  };

  const introduce = async (table: Table, ids: readonly string[]): Promise<void> => {
    if (ids.length === 0) return;
    codes[table].add(await interner.keys(table, ids));
  };

  const finish = async (): Promise<BulkResult> => {
    await inserting;
    if (!indexed) await buildIndexes(sql);
    const after = await knownTo(sql);
    const events = after.events - before.events;
    await sql.change("UPDATE meta SET value = value + ? WHERE name = 'events'", [events]);
    if (events > 0) {
      await sql.change('INSERT INTO imports(at, source, first, last) SELECT ?, ?, ?, max(id) FROM events', [
        asked.now,
        asked.source ?? '',
        before.lastEvent + 1,
      ]);
    }
    return {
      events,
      kept,
      duplicates: given - events,
      items: after.items - before.items,
      users: after.users - before.users,
    };
  };

  /** After a failure the caller still has to abort. */
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw storeError(error, path);
    }
  };

  try {
    before = await knownTo(sql);
  } catch (error) {
    await transaction.rollback();
    throw storeError(error, path);
  }

  return {
    events: (batch) =>
      guarded(async () => {
        if (isFirst) await start();
        await introduce('users', batch.newUsers);
        await introduce('items', batch.newItems);
        await introduce('types', batch.newTypes);
        if (batch.newTypes.length > 0) await checkTypes(sql);
        const rows = rowsOf(batch, codes.users.keys(), codes.items.keys(), codes.types.keys());
        await inserting;
        given += batch.users.length;
        // Not awaited: the database inserts these while the caller prepares the next batch.
        inserting = sql.change(INSERT_BATCH, [rows, Buffer.from(batch.keys)]);
        inserting.catch(() => undefined);
      }),
    items: (rows) =>
      guarded(async () => {
        checkItems(rows);
        kept += await putItems(sql, rows, { by: 'file', owner: asked.owner ?? 'newest' });
      }),
    users: (rows) =>
      guarded(async () => {
        checkUsers(rows);
        await putUsers(sql, rows);
      }),
    commit: async () => {
      let result: BulkResult;
      try {
        result = await finish();
      } catch (error) {
        await transaction.rollback();
        throw storeError(error, path);
      }
      await transaction.commit();
      // The log has grown by the whole import; giving it back is housekeeping that may fail under readers.
      await sql.rows('PRAGMA wal_checkpoint(TRUNCATE)').catch(() => undefined);
      return result;
    },
    abort: async () => {
      await inserting.catch(() => undefined);
      await transaction.rollback();
    },
  };
};

/** Equal keys come from several files at most; looking for them first would sort all keys twice. Sorted outside memory. */
const buildIndexes = async (sql: Sql): Promise<void> => {
  await sql.rows('PRAGMA temp_store = FILE');
  const uniqueKeys = () => sql.rows('CREATE UNIQUE INDEX events_key ON events(key) WHERE key IS NOT NULL');
  try {
    await uniqueKeys();
  } catch (error) {
    if (sqliteCode(error) !== 'SQLITE_CONSTRAINT') throw error;
    await sql.change(
      `DELETE FROM events WHERE id IN (
         SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY key ORDER BY id) AS n FROM events) WHERE n > 1)`,
    );
    await uniqueKeys();
  }
  await sql.rows('CREATE INDEX events_user ON events(user, time)');
  await sql.rows('PRAGMA temp_store = MEMORY');
};

type Known = Readonly<Record<'events' | 'items' | 'users' | 'lastEvent', number>>;

const knownTo = async (sql: Sql): Promise<Known> => {
  const [row] = await sql.rows<Known>(
    `SELECT (SELECT count(*) FROM events) AS events, (SELECT ifnull(max(id), 0) FROM events) AS lastEvent, (SELECT count(*) FROM users) AS users,
     (SELECT count(*) FROM items) - (SELECT count(*) FROM items WHERE state = 2) AS items`,
  );
  return row!;
};

const INSERT_BATCH = `INSERT OR IGNORE INTO events(user, item, type, value, time, context, key)
  SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, substr(?2, key * 16 + 1, 16)
  FROM json_each(?1)`;

/** Batch as JSON rows: measured to insert faster than bound parameters. */
const rowsOf = (batch: EventBatch, users: Int32Array, items: Int32Array, types: Int32Array): string => {
  const { contexts } = batch;
  let json = '[';
  for (let row = 0; row < batch.users.length; row++) {
    const value = batch.values[row]!;
    const time = batch.times[row]!;
    const context = contexts?.[row] ?? null;
    json +=
      `${row === 0 ? '[' : ',['}${users[batch.users[row]!]},${items[batch.items[row]!]},${types[batch.types[row]!]},` +
      `${value === value ? value : 'null'},${time === time ? time : 'null'}` +
      `${context === null ? ']' : `,${JSON.stringify(context)}]`}`;
  }
  return `${json}]`;
};

/** A list of keys that grows by doubling. */
const createCodes = () => {
  let keys = new Int32Array(1024);
  let size = 0;
  return {
    add: (more: Int32Array): void => {
      if (size + more.length > keys.length) {
        const larger = new Int32Array(Math.max(keys.length * 2, size + more.length));
        larger.set(keys);
        keys = larger;
      }
      keys.set(more, size);
      size += more.length;
    },
    keys: () => keys,
  };
};

const checkTypes = async (sql: Sql): Promise<void> => {
  const [row] = await sql.rows<{ count: number }>('SELECT count(*) AS count FROM types');
  if (row!.count <= MAX_EVENT_TYPES) return;
  const message = `The events have ${row!.count} types, counting those stored before; a store holds ${MAX_EVENT_TYPES}. Is columns.type the right column?`;
  throw new RecographError('TOO_LARGE', message, { at: 'data.interactions.columns.type' });
};
