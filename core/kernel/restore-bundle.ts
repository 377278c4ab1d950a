import { join } from 'node:path';
import { parseConfig } from '../registry/parse-config.ts';
import { type LoadedBundle, loadBundle } from '../serving/loaded-bundle.ts';
import { RecographError, type Store } from '../spi/index.ts';
import { readBundle } from '../training/bundle-files.ts';
import type { Environment } from './environment.ts';

/** Reads and checks every file of a bundle. Throws UNKNOWN_BUNDLE, BUNDLE_INVALID. */
export const readStoredBundle = async ({ bundleFolder }: Environment, store: Store, id: string) => {
  const known = (await store.bundles()).find((bundle) => bundle.id === id);
  if (!known) throw new RecographError('UNKNOWN_BUNDLE', `There is no bundle "${id}".`, { at: 'bundle' });
  return readBundle(join(bundleFolder, known.folder));
};

/** A bundle with the config it was trained by, checked against the components that are loaded now. */
export const restoreBundle = async (environment: Environment, store: Store, id: string): Promise<LoadedBundle> => {
  const contents = await readStoredBundle(environment, store, id);
  const { components, folder, create, clock, log } = environment;
  const config = parseConfig(contents.config, components, { folder });
  return loadBundle(contents, { config, components, create, clock, log });
};
