import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { mapPaths } from './paths.ts';
import type { Config } from './sections/index.ts';

/** JSON with sorted keys; undefined and functions are left out, as JSON does. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );

const pluginName = (plugin: unknown): unknown =>
  typeof plugin === 'object' && plugin !== null && 'name' in plugin ? plugin.name : plugin;

/**
 * SHA-256, hex, of the canonical JSON of what decides a bundle: the parsed config without `server`, `store`, `runtime`
 * and `$schema`, plugins by name. With `folder`, paths count relative to it, so that a moved project keeps its hash.
 */
export const configHash = (config: Config, folder?: string): string => {
  const moved = folder === undefined ? config : mapPaths(config, (path) => relative(folder, path));
  const { $schema: _, server: __, store: ___, runtime: ____, plugins, ...rest } = moved;
  return createHash('sha256')
    .update(canonicalJson({ ...rest, plugins: plugins.map(pluginName) }))
    .digest('hex');
};
