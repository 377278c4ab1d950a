import { join } from 'node:path';
import type { Store } from '../spi/index.ts';
import { removeBundle } from '../training/bundle-files.ts';
import { leasedBundles } from '../training/leases.ts';
import type { Environment } from './environment.ts';

/**
 * Removes the oldest bundles beyond `training.keep`. The active bundle, the one that a rollback leads to and those that
 * some process serves stay, and so do those newer than the active one: somebody may be about to activate them.
 */
export const pruneBundles = async (environment: Environment, store: Store): Promise<void> => {
  const { config, bundleFolder, leaseFolder, clock, log } = environment;
  const bundles = await store.bundles();
  const active = await store.activeBundle();
  const leased = await leasedBundles(leaseFolder, clock.now());
  const kept = new Set([active, await store.previousBundle(), ...leased]);
  const newerThanActive = bundles.findIndex(({ id }) => id === active);
  for (const [place, { id, folder }] of bundles.entries()) {
    if (place < config.training.keep || place < newerThanActive || kept.has(id)) continue;
    try {
      await store.deleteBundle(id);
      await removeBundle(join(bundleFolder, folder));
    } catch (error) {
      log.warn({ bundle: id, error: String(error) }, 'an old bundle could not be removed');
    }
  }
};
