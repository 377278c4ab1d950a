import type { Clock, Store } from 'recograph';
import { createBulkImport } from './bulk-import.ts';
import { createCatalogueReader } from './catalogue-reader.ts';
import { checkItems, checkUsers, markDeleted, putItems, putUsers } from './catalogue-writer.ts';
import { createCopy } from './copy.ts';
import { openDatabase } from './database.ts';
import { namedErrors } from './errors.ts';
import { createEventDeletion } from './event-deletion.ts';
import { createEventReader } from './event-reader.ts';
import { createEventWriter } from './event-writer.ts';
import { createGate } from './gate.ts';
import { createInterner } from './intern.ts';
import { createLedger } from './ledger.ts';
import { createShown } from './shown.ts';
import type { Sql } from './sql.ts';

export interface StoreOptions {
  /** The SQLite file; made with its folder where there is none. */
  readonly path: string;
  /** How long a write waits for another process that holds the database. */
  readonly patienceMs?: number;
  /** Whether items known from events alone are available. Default: unless most known items are in the catalogue now. */
  readonly unlisted?: 'hide' | 'recommend' | undefined;
}

/** Opens (and where needed makes or migrates) the database. */
export const openStore = async (options: StoreOptions, clock: Clock): Promise<Store> => {
  const database = await openDatabase(options.path);
  const { path, write, read } = database;
  const interner = createInterner(write);
  const gate = createGate(write, path, options.patienceMs ?? 60_000, interner.forget);
  const meta = async (): Promise<{ store: string; events: number; items: number; users: number; deleted: number }> => {
    const rows = await read.rows<{ name: string; value: string | number }>('SELECT name, value FROM meta');
    return Object.fromEntries(rows.map(({ name, value }) => [name, value])) as never;
  };
  const unlisted = options.unlisted ?? ((await mostAreListed(read)) ? 'hide' : 'recommend');
  let closing: Promise<void> | undefined;

  return {
    path,
    ...createCatalogueReader(read, unlisted === 'hide'),
    ...createEventReader(read),
    ...namedErrors(
      createLedger(database, gate, () => clock.now()),
      path,
    ),
    ...createShown(gate, write, read, interner),
    recordEvents: createEventWriter(gate, write, interner),
    ...createCopy(path),
    ...createEventDeletion(gate, write, read),
    bulkImport: (asked) => createBulkImport(gate, write, interner, path, { ...asked, now: clock.now() }),
    upsertItems: async (items) => {
      checkItems(items);
      await gate.write(() => putItems(write, items));
      return items.length;
    },
    upsertUsers: async (users) => {
      checkUsers(users);
      await gate.write(() => putUsers(write, users));
      return users.length;
    },
    deleteItems: (ids) => gate.write(() => markDeleted(write, ids)),
    counts: async () => {
      const [row] = await read.rows<{ events: number; items: number; users: number }>(
        `SELECT (SELECT value FROM meta WHERE name = 'events') AS events, (SELECT count(*) FROM users) AS users,
         (SELECT count(*) FROM items) - (SELECT count(*) FROM items WHERE state = 2) AS items`,
      );
      return row!;
    },
    unlisted: async (first) => {
      const [row] = await read.rows<{ count: number; ids: string }>(UNLISTED, [first]);
      return { count: row!.count, ids: JSON.parse(row!.ids) as string[] };
    },
    state: async () => {
      const { store, items, users } = await meta();
      const [row] = await read.rows<{ last: number | null }>('SELECT max(id) AS last FROM events');
      return { storeId: store, lastEvent: row?.last ?? 0, items, users };
    },
    version: async () => {
      const { events, users, deleted } = await meta();
      return events + users + 2 * deleted;
    },
    close: () => {
      closing ??= gate.close().then(() => database.close());
      return closing;
    },
  };
};

const UNLISTED = `SELECT (SELECT count(*) FROM items WHERE state = 0) AS count,
  (SELECT json_group_array(id) FROM (SELECT id FROM items WHERE state = 0 ORDER BY key LIMIT ?)) AS ids`;

const mostAreListed = async (sql: Sql): Promise<boolean> => {
  const [row] = await sql.rows<{ listed: number; seen: number }>(
    'SELECT sum(state = 1) AS listed, sum(state = 0) AS seen FROM items',
  );
  return (row?.listed ?? 0) > (row?.seen ?? 0);
};
