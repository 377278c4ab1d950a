import { setTimeout as sleep } from 'node:timers/promises';
import { Mutex } from 'async-mutex';
import { sqliteCode, storeError } from './errors.ts';
import type { Sql } from './sql.ts';

/** A write transaction in the caller's hands. Exactly one of the two must be called. */
export interface OpenTransaction {
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/**
 * The one door for writers: first come, first served within the process; BEGIN IMMEDIATE with back-off between
 * processes. Every error comes out as a RecographError, with the transaction rolled back.
 */
export interface WriteGate {
  begin(): Promise<OpenTransaction>;
  write<T>(work: () => Promise<T>): Promise<T>;
  /** Waits until the writers at work are done and lets nobody in afterwards. */
  close(): Promise<void>;
}

export const createGate = (sql: Sql, path: string, patienceMs: number, onFailure: () => void): WriteGate => {
  const mutex = new Mutex();

  const beginImmediate = async (): Promise<void> => {
    const deadline = performance.now() + patienceMs;
    for (let pause = 5; ; pause = Math.min(pause * 2, 200)) {
      try {
        await sql.rows('BEGIN IMMEDIATE');
        return;
      } catch (error) {
        if (sqliteCode(error) !== 'SQLITE_BUSY' || performance.now() > deadline) throw error;
        await sleep(pause);
      }
    }
  };

  const rollback = async (): Promise<void> => {
    onFailure();
    // SQLite has rolled back by itself after a full disk or an I/O error; then there is nothing to end.
    await sql.rows('ROLLBACK').catch(() => undefined);
  };

  const begin = async (): Promise<OpenTransaction> => {
    const release = await mutex.acquire();
    try {
      await beginImmediate();
    } catch (error) {
      release();
      throw storeError(error, path);
    }
    return {
      commit: async () => {
        try {
          await sql.rows('COMMIT');
        } catch (error) {
          await rollback();
          throw storeError(error, path);
        } finally {
          release();
        }
      },
      rollback: () => rollback().finally(release),
    };
  };

  return {
    begin,
    write: async (work) => {
      const transaction = await begin();
      let result: Awaited<ReturnType<typeof work>>;
      try {
        result = await work();
      } catch (error) {
        await transaction.rollback();
        throw storeError(error, path);
      }
      await transaction.commit();
      return result;
    },
    close: async () => {
      await mutex.acquire();
      mutex.cancel();
    },
  };
};
