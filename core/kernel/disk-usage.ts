import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes on disk: the database with its log; all bundles, what is half-written included. */
export interface DiskUsage {
  readonly database: number;
  readonly bundles: number;
}

export const diskUsage = async (database: string, bundleFolder: string): Promise<DiskUsage> => {
  const [main, log, bundles] = await Promise.all([
    sizeOf(database),
    sizeOf(`${database}-wal`),
    folderSize(bundleFolder),
  ]);
  return { database: main + log, bundles };
};

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0;

const folderSize = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries.filter((entry) => entry.isFile()).map((entry) => sizeOf(join(entry.parentPath, entry.name)));
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
};
