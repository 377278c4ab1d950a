import type { Clock, Store } from 'recograph';
import { createBulkImport } from './bulk-import.ts';
import { createCatalogueReader } from './catalogue-reader.ts';
import { checkItems, checkUsers, markDeleted, putItems, putUsers } from './catalogue-writer.ts';
import { openDatabase } from './database.ts';
import { createEventReader } from './event-reader.ts';
import { createEventWriter } from './event-writer.ts';
import { createGate } from './gate.ts';
import { createInterner } from './intern.ts';
import { createLedger } from './ledger.ts';
import { createShown } from './shown.ts';

export interface StoreOptions {
  /** The SQLite file; made with its folder where there is none. */
  readonly path: string;
  /** How long a write waits for another process that holds the database. */
  readonly patienceMs?: number;
}

/** Opens (and where needed makes or migrates) the database. */
export const openStore = async (options: StoreOptions, clock: Clock): Promise<Store> => {
  const database = await openDatabase(options.path);
  const { path, write, read } = database;
  const interner = createInterner(write);
  const gate = createGate(write, path, options.patienceMs ?? 60_000, interner.forget);
  const meta = async (): Promise<{ store: string; events: number; items: number; users: number }> => {
    const rows = await read.rows<{ name: string; value: string | number }>('SELECT name, value FROM meta');
    return Object.fromEntries(rows.map(({ name, value }) => [name, value])) as never;
  };
  let closing: Promise<void> | undefined;

  return {
    path,
    ...createCatalogueReader(read),
    ...createEventReader(read),
    ...createLedger(database, gate, () => clock.now()),
    ...createShown(gate, write, read, interner),
    recordEvents: createEventWriter(gate, write, interner),
    bulkImport: () => createBulkImport(gate, write, interner, path),
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
    state: async () => {
      const { store, items, users } = await meta();
      const [row] = await read.rows<{ last: number | null }>('SELECT max(id) AS last FROM events');
      return { storeId: store, lastEvent: row?.last ?? 0, items, users };
    },
    version: async () => {
      const { events, users } = await meta();
      return events + users;
    },
    close: () => {
      closing ??= gate.close().then(() => database.close());
      return closing;
    },
  };
};
