import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RecographError } from '../spi/index.ts';
import { createModuleLoader } from './module-loader.ts';

const cannotLoad = (name: string, index: number, problem: string, cause?: unknown): RecographError => {
  const at = `plugins[${index}]`;
  return new RecographError('PLUGIN_INVALID', `${at} is "${name}", ${problem}`, { at, cause });
};

const loadNamed = async (name: string, index: number, folder: string): Promise<unknown> => {
  const from = [pathToFileURL(join(folder, 'config')).href, import.meta.url];
  for (const parent of from) {
    const loader = await createModuleLoader(parent);
    const url = loader.esmResolve(name, { parentURL: parent, try: true });
    if (url === undefined) continue;
    try {
      return await loader.import(url, { default: true });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw cannotLoad(name, index, `which failed to load: ${reason}`, cause);
    }
  }
  const remedy = /^[./]/.test(name) ? `looked for from ${folder}` : `install it: npm install ${name}`;
  throw cannotLoad(name, index, `which cannot be found; ${remedy}.`);
};

/**
 * Plugin values of a config's `plugins`: values as they are, strings (package names, paths relative to `folder`) by
 * import, from the config's folder first, then from recograph itself. A list of plugins counts as each of them.
 * Throws PLUGIN_INVALID. Run `collectComponents` on the result.
 */
export const loadPlugins = async (list: readonly unknown[], folder: string): Promise<readonly unknown[]> => {
  const values = await Promise.all(
    list.map((entry, index) => (typeof entry === 'string' ? loadNamed(entry, index, folder) : entry)),
  );
  return values.flat();
};

/** The default preset: every plugin that comes with recograph. */
export const builtinPlugins = async (): Promise<readonly unknown[]> => (await import('recograph/plugins')).default;
