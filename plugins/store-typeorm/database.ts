import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RecographError } from 'recograph';
import sqlite3 from 'sqlite3';
import { DataSource } from 'typeorm';
import { entities } from './entities.ts';
import { namedErrors, sqliteCode, storeError } from './errors.ts';
import { type Migration, migrations } from './migrations.ts';
import { type Sql, sqlOf } from './sql.ts';

/** Two connections to one file: a writer, and a reader that no write transaction holds up (WAL). */
export interface Database {
  readonly path: string;
  readonly writer: DataSource;
  readonly reader: DataSource;
  readonly write: Sql;
  readonly read: Sql;
  close(): Promise<void>;
}

export const openDatabase = async (file: string, steps: readonly Migration[] = migrations): Promise<Database> => {
  const path = resolve(file);
  const writer = connection(path);
  const reader = connection(path);
  const close = async (): Promise<void> => {
    if (reader.isInitialized) await reader.destroy();
    if (writer.isInitialized) await writer.destroy();
  };
  try {
    const existed = existsSync(path);
    await writer.initialize();
    const write = sqlOf(writer);
    // An acknowledged commit survives power loss with FULL; it costs one fsync a transaction.
    await patiently(() => write.rows('PRAGMA journal_mode = WAL'));
    await write.rows('PRAGMA synchronous = FULL');
    await write.rows('PRAGMA cache_size = -32768');
    // Keys of events fall everywhere in their index: a page is written back once for several transactions that changed it.
    await write.rows('PRAGMA wal_autocheckpoint = 8000');
    // What a statement has overwritten, in case it fails half way.
    await write.rows('PRAGMA temp_store = MEMORY');
    await migrate(write, path, existed, steps);
    await reader.initialize();
    const read = namedErrors(sqlOf(reader), path);
    await read.rows('PRAGMA query_only = ON');
    return { path, writer, reader, write, read, close };
  } catch (error) {
    await close();
    throw storeError(error, path);
  }
};

/** sqlite3 without the long traces that TypeORM switches on: they print every statement's parameters, in case it fails. */
const driver = { ...sqlite3, verbose: () => driver };

const connection = (path: string): DataSource =>
  new DataSource({ type: 'sqlite', driver, database: path, entities, busyTimeout: 1000, synchronize: false });

const migrate = async (sql: Sql, path: string, existed: boolean, steps: readonly Migration[]): Promise<void> => {
  const versionOf = async (): Promise<number> => {
    const [row] = await sql.rows<{ user_version: number }>('PRAGMA user_version');
    return row?.user_version ?? 0;
  };
  const found = await versionOf();
  if (found > steps.length) {
    throw new RecographError(
      'STORE_VERSION',
      `${path} has schema version ${found}; this release knows versions up to ${steps.length}. ` +
        'Update recograph, or give store.path another file.',
      { at: path },
    );
  }
  if (found === steps.length) return;
  if (existed && found > 0) await patiently(() => copyBefore(sql, path, found));
  await patiently(() => sql.rows('BEGIN IMMEDIATE'));
  try {
    // Another process may have migrated while this one waited for the lock.
    for (let version = await versionOf(); version < steps.length; version++) await steps[version]!(sql);
    await sql.rows(`PRAGMA user_version = ${steps.length}`);
    await sql.rows('COMMIT');
  } catch (error) {
    await sql.rows('ROLLBACK').catch(() => undefined);
    throw error;
  }
};

/** A consistent copy of the database as it was before its schema changes. */
const copyBefore = async (sql: Sql, path: string, version: number): Promise<void> => {
  const copy = `${path}.v${version}.bak`;
  if (!existsSync(copy)) await sql.rows('VACUUM INTO ?', [copy]);
};

/** Tries again while another process holds the database, for up to half a minute. */
const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let pause = 5; ; pause *= 2) {
    try {
      return await work();
    } catch (error) {
      if (sqliteCode(error) !== 'SQLITE_BUSY' || pause > 8000) throw error;
      await sleep(pause);
    }
  }
};
