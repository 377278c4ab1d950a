import { RecographError } from '../spi/index.ts';
import { type Components, collectComponents } from './components.ts';
import { loadConfig } from './load-config.ts';
import { builtinPlugins, loadPlugins } from './load-plugins.ts';
import { parseConfig } from './parse-config.ts';
import type { Config } from './sections/index.ts';

/** A config ready to be run. */
export interface OpenedConfig {
  readonly config: Config;
  readonly components: Components;
  readonly folder: string;
  /** Absent for a config given as an object. */
  readonly file?: string;
}

/** The component types that a config may use: the built-in ones and those of its `plugins`. */
export const openComponents = async (raw: unknown, folder: string): Promise<Components> => {
  const listed = (raw as { plugins?: unknown } | null)?.plugins ?? [];
  if (!Array.isArray(listed)) throw new RecographError('CONFIG_INVALID', 'plugins must be a list.', { at: 'plugins' });
  return collectComponents([...(await builtinPlugins()), ...(await loadPlugins(listed, folder))]);
};

/**
 * From a config file (path or URL), or a config object whose paths are relative to `folder`, to a checked config and
 * its components. Throws CONFIG_INVALID, PLUGIN_INVALID and what `parseConfig` throws.
 */
export const openConfig = async (source: string | URL | object, folder = process.cwd()): Promise<OpenedConfig> => {
  const isObject = typeof source === 'object' && !(source instanceof URL);
  const loaded = isObject ? { raw: source as unknown, folder } : await loadConfig(source);
  const components = await openComponents(loaded.raw, loaded.folder);
  const config = parseConfig(loaded.raw, components, { folder: loaded.folder });
  return { ...loaded, config, components };
};
