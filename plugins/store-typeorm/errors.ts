import { RecographError } from 'recograph';

/** SQLite's own name of what went wrong, e.g. SQLITE_BUSY; '' for other errors. */
export const sqliteCode = (error: unknown): string => {
  const { code, driverError } = error as { code?: unknown; driverError?: { code?: unknown } };
  const found = driverError?.code ?? code;
  return typeof found === 'string' && found.startsWith('SQLITE_') ? found : '';
};

/** The error as the store's callers know it. */
export const storeError = (error: unknown, path: string): RecographError => {
  if (error instanceof RecographError) return error;
  const code = sqliteCode(error);
  const reason = error instanceof Error ? error.message : String(error);
  const options = { at: path, cause: error };
  if (code === 'SQLITE_FULL' || (error as { code?: unknown }).code === 'ENOSPC') {
    return new RecographError(
      'DISK_FULL',
      `${path}: no space is left; nothing was written. Free space and retry.`,
      options,
    );
  }
  if (code === 'SQLITE_BUSY') {
    return new RecographError(
      'STORE_FAILED',
      `${path}: another process held the database for too long; nothing was written. Retry later.`,
      options,
    );
  }
  if (code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB') {
    const what = code === 'SQLITE_CORRUPT' ? 'is damaged' : 'is not a SQLite database';
    return new RecographError(
      'STORE_FAILED',
      `${path} ${what} (${reason}). Put a copy made by recograph backup in its place, or move it away, and import the data anew: recograph import`,
      options,
    );
  }
  return new RecographError('STORE_FAILED', `${path}: ${reason}; nothing was written.`, options);
};

/** The same methods; what SQLite refuses comes out as an error of the store. */
export const namedErrors = <T extends object>(methods: T, path: string): T =>
  Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      (...given: unknown[]) =>
        (method as (...given: unknown[]) => Promise<unknown>)(...given).catch((error) => {
          throw storeError(error, path);
        }),
    ]),
  ) as T;
