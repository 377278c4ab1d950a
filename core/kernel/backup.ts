import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { RecographError, type Store } from '../spi/index.ts';
import { readManifest } from '../training/bundle-files.ts';
import { diskUsage } from './disk-usage.ts';

export interface BackupReport {
  readonly folder: string;
  /** The folder that it is a copy of. */
  readonly of: string;
  readonly events: number;
  readonly bundles: number;
  readonly bytes: number;
}

/**
 * Copies the database as it is at one moment, newest events included, and the bundles that it names, into a new folder:
 * whole or not at all, while others read and write. The copy is checked by reading it back. Throws INVALID_ARGUMENT
 * where the folder is there already, STORE_FAILED and BUNDLE_INVALID where the copy is not whole.
 */
export const backup = async (store: Store, bundleFolder: string, out: string): Promise<BackupReport> => {
  const folder = resolve(out);
  if (existsSync(folder)) {
    throw new RecographError('INVALID_ARGUMENT', `${folder} is there already. Name a new folder.`, { at: '--out' });
  }
  const draft = `${folder}.unfinished-${process.pid}`;
  await mkdir(join(draft, basename(bundleFolder)), { recursive: true });
  try {
    const database = join(draft, basename(store.path));
    const { events, bundles } = await store.copyTo(database);
    for (const name of bundles) {
      const copy = join(draft, basename(bundleFolder), name);
      await cp(join(bundleFolder, name), copy, { recursive: true });
      await readManifest(copy);
    }
    await rename(draft, folder);
    const { database: size, bundles: bundleSize } = await diskUsage(
      join(folder, basename(store.path)),
      join(folder, basename(bundleFolder)),
    );
    return { folder, of: dirname(store.path), events, bundles: bundles.length, bytes: size + bundleSize };
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
};
