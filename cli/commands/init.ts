import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { RecographError } from 'recograph';
import type { GlobalOptions } from '../context.ts';
import { guessColumns } from '../init/columns.ts';
import { type ChosenSplit, chooseSplit } from '../init/split.ts';
import { config, gitignore, packageJson, readme } from '../init/templates.ts';
import { createOutput } from '../output.ts';

const packageRoot = new URL(import.meta.resolve('recograph/package.json'));

export const addInit = (own: Command): void => {
  own
    .option('--interactions <csv>', 'your events: a CSV with a header that names user and item')
    .action(async (dir: string, options: { interactions?: string }, command: Command) => {
      const output = createOutput(command.optsWithGlobals<GlobalOptions>().json);
      const folder = resolve(dir);
      const present = await readdir(folder).catch(() => []);
      if (present.length > 0) {
        throw new RecographError('USAGE', `${folder} is not empty. Name a new folder.`, { at: dir });
      }
      const columns = options.interactions === undefined ? undefined : await guessColumns(options.interactions);
      const split: ChosenSplit = columns ? await chooseSplit(options.interactions!, columns) : { use: 'temporal' };
      await mkdir(folder, { recursive: true });
      const name = basename(folder)
        .toLowerCase()
        .replaceAll(/[^a-z0-9-_.]/g, '-');
      const { version } = JSON.parse(await readFile(packageRoot, 'utf8')) as { version: string };
      const path = options.interactions === undefined ? 'data' : relative(folder, resolve(options.interactions));
      const files: Record<string, string> = {
        'package.json': packageJson(name, `^${version}`),
        'recograph.config.ts': config(path, columns === undefined ? 'movielens' : 'csv', columns, split),
        'README.md': readme(name),
        '.gitignore': gitignore,
      };
      for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text, { flag: 'wx' });
      if (columns === undefined) {
        const example = fileURLToPath(new URL('examples/movies/data/ml-latest-small', packageRoot));
        await cp(example, join(folder, 'data'), { recursive: true });
      }
      const next = [`cd ${relative('.', folder) || '.'}`, 'npm install', 'npx recograph train', 'npx recograph serve'];
      output.result({ folder, files: Object.keys(files), columns: columns ?? null, split, next }, () =>
        [
          `Wrote a project to ${folder}.`,
          ...(split.why === undefined ? [] : [`${split.why}: it tests on a random fifth of the events.`]),
          'Next:',
          ...next.map((line) => `  ${line}`),
        ].join('\n'),
      );
    });
};
