import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isLeftBehind, thisOwner } from './owner.ts';

/** Says to other processes which bundles this one serves, so that none of them is removed. */
export interface Leases {
  take(bundle: string): Promise<void>;
  release(bundle: string): Promise<void>;
  close(): Promise<void>;
}

/** Far more often than what is not renewed counts as left behind. */
const RENEW_MS = 3_600_000;

/** An empty file a bundle, `OWNER.NONCE-BUNDLE`. Where the disk takes none, bundles are served without. */
export const createLeases = (folder: string): Leases => {
  const mine = `${thisOwner()}.${randomUUID().slice(0, 8)}`;
  const held = new Set<string>();
  const fileOf = (bundle: string): string => join(folder, `${mine}-${bundle}`);
  const renewing = setInterval(() => {
    const now = new Date();
    for (const bundle of held) utimes(fileOf(bundle), now, now).catch(() => undefined);
  }, RENEW_MS).unref();
  const release = async (bundle: string): Promise<void> => {
    held.delete(bundle);
    await rm(fileOf(bundle), { force: true }).catch(() => undefined);
  };
  return {
    take: async (bundle) => {
      held.add(bundle);
      await mkdir(folder, { recursive: true }).catch(() => undefined);
      await writeFile(fileOf(bundle), '').catch(() => undefined);
    },
    release,
    close: async () => {
      clearInterval(renewing);
      await Promise.all([...held].map(release));
    },
  };
};

/** The bundles that a running process serves; what others left behind is removed. `now` in ms. */
export const leasedBundles = async (folder: string, now: number): Promise<ReadonlySet<string>> => {
  const leased = new Set<string>();
  for (const name of await readdir(folder).catch(() => [] as string[])) {
    const dash = name.indexOf('-');
    const lease = join(folder, name);
    if (await isLeftBehind(lease, name.slice(0, dash), now)) await rm(lease, { force: true }).catch(() => undefined);
    else leased.add(name.slice(dash + 1));
  }
  return leased;
};
