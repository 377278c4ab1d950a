import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where `runtime install` puts native runtimes: RECOGRAPH_RUNTIME_DIR, else the user's cache folder. */
export const runtimeFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  env.RECOGRAPH_RUNTIME_DIR || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'recograph', 'runtime');

/** The folders an optional package is looked for in: the host's project, recograph's own tree, the installed runtime. */
export const packageRoots = (folder: string): readonly URL[] => [
  pathToFileURL(join(process.cwd(), 'package.json')),
  new URL(import.meta.url),
  pathToFileURL(join(folder, 'package.json')),
];

/** The file an optional package is loaded from, and a loader for it; undefined where nobody installed it. */
export const findPackage = (
  name: string,
  roots: readonly URL[],
): { path: string; load(): Promise<Record<string, unknown>> } | undefined => {
  for (const root of roots) {
    try {
      const path = createRequire(root).resolve(name);
      return { path, load: () => import(pathToFileURL(path).href) };
    } catch {
      // not there: the next root
    }
  }
  return undefined;
};
