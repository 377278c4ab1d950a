import { join } from 'node:path';
import { parseConfig } from '../registry/parse-config.ts';
import type { Config } from '../registry/sections/index.ts';
import { type BundleFront, createFront } from '../serving/front.ts';
import { type FrontParts, readFrontParts } from '../serving/front-parts.ts';
import { type LoadedBundle, loadBundle } from '../serving/loaded-bundle.ts';
import { type Json, type Kernels, RecographError, type Store, tokens } from '../spi/index.ts';
import { openBundle, readBundle, type TensorFiles } from '../training/bundle-files.ts';
import type { Environment } from './environment.ts';

/** Reads and checks every file of a bundle. Throws UNKNOWN_BUNDLE, BUNDLE_INVALID. */
export const readStoredBundle = async (environment: Environment, store: Store, id: string) =>
  readBundle(join(environment.bundleFolder, await folderOf(store, id)));

/** A bundle with the config it was trained by, checked against the components that are loaded now. */
export const restoreBundle = async (environment: Environment, store: Store, id: string): Promise<LoadedBundle> =>
  restoreFolder(environment, environment.container.get(tokens.kernels), await folderOf(store, id));

/** `folder` lies among the bundles; what has not changed since `like` is taken from there. Throws BUNDLE_INVALID. */
export const restoreFolder = async (
  environment: Environment,
  kernels: Kernels,
  folder: string,
  tensorFiles?: TensorFiles,
  like?: FrontParts,
): Promise<LoadedBundle> => {
  const bundle = await openBundle(join(environment.bundleFolder, folder));
  const parts = await readFrontParts(bundle, parsing(environment), like);
  const { components, create, clock, log } = environment;
  const { config } = parts;
  return loadBundle(parts, await bundle.states(tensorFiles), { config, components, create, clock, log }, kernels);
};

/** A bundle without what its components learned, over the parts that it shares with `like`. Throws UNKNOWN_BUNDLE, BUNDLE_INVALID. */
export const readFront = async (
  environment: Environment,
  store: Store,
  id: string,
  like?: BundleFront,
): Promise<{ front: BundleFront; folder: string }> => {
  const folder = await folderOf(store, id);
  const bundle = await openBundle(join(environment.bundleFolder, folder));
  const parts = await readFrontParts(bundle, parsing(environment), like);
  return { front: createFront(parts, environment.create), folder };
};

const parsing =
  ({ components, folder }: Environment) =>
  (config: Json): Config =>
    parseConfig(config, components, { folder });

const folderOf = async (store: Store, id: string): Promise<string> => {
  const known = (await store.bundles()).find((bundle) => bundle.id === id);
  if (!known) throw new RecographError('UNKNOWN_BUNDLE', `There is no bundle "${id}".`, { at: 'bundle' });
  return known.folder;
};
