import { RecographError, type Store } from 'recograph';
import sqlite3 from 'sqlite3';
import { storeError } from './errors.ts';

/** A copy of the database at one moment by VACUUM INTO, read back: SQLite's own check, and the number of events. */
export const createCopy = (path: string): Pick<Store, 'copyTo'> => ({
  copyTo: async (file) => {
    const source = await open(path);
    await source.all(`VACUUM INTO '${file.replaceAll("'", "''")}'`).finally(source.close);
    const copy = await open(file);
    try {
      const [check] = await copy.all<{ integrity_check: string }>('PRAGMA integrity_check(1)');
      const [counted] = await copy.all<{ events: number; noted: number }>(
        "SELECT (SELECT count(*) FROM events) AS events, (SELECT value FROM meta WHERE name = 'events') AS noted",
      );
      if (check?.integrity_check !== 'ok' || counted!.events !== counted!.noted) {
        const message = `The copy of ${path} is not whole (${check?.integrity_check}). Is the disk sound? Nothing was kept.`;
        throw new RecographError('STORE_FAILED', message, { at: file });
      }
      const bundles = await copy.all<{ folder: string }>('SELECT folder FROM bundles');
      return { events: counted!.events, bundles: bundles.map(({ folder }) => folder) };
    } finally {
      await copy.close();
    }
  },
});

interface OpenCopy {
  all<R>(text: string): Promise<readonly R[]>;
  close(): Promise<void>;
}

const open = (file: string): Promise<OpenCopy> =>
  new Promise((resolve, reject) => {
    const database = new sqlite3.Database(file, sqlite3.OPEN_READONLY, (error) => {
      if (error) return reject(storeError(error, file));
      resolve({
        all: (text) =>
          new Promise((done, fail) => {
            database.all(text, (failed: Error | null, rows: unknown[]) =>
              failed ? fail(storeError(failed, file)) : done(rows as never),
            );
          }),
        close: () => new Promise((done) => database.close(() => done())),
      });
    });
  });
