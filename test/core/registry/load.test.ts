import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RecographError } from 'recograph';
import { afterAll, describe, expect, it } from 'vitest';
import { collectComponents } from '../../../core/registry/components.ts';
import { loadConfig } from '../../../core/registry/load-config.ts';
import { loadPlugins } from '../../../core/registry/load-plugins.ts';
import { openConfig } from '../../../core/registry/open-config.ts';
import { errorOf, toys } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'recograph-'));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): string => {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
};
const plugin = (name: string) =>
  `export default { name: '${name}', apiVersion: 1, components: [] satisfies unknown[] };`;
const failure = async (run: Promise<unknown>) => {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return errorOf(() => {
    if (error !== undefined) throw error;
  });
};

describe('loadConfig', () => {
  it.each([
    ['a.yaml', 'models: { taste: { use: als } }'],
    ['a.json', '{ "models": { "taste": { "use": "als" } } }'],
    ['a.js', "export default { models: { taste: { use: 'als' } } };"],
    ['a.ts', "interface X { use: string }\nexport default { models: { taste: { use: 'als' } satisfies X } };"],
  ])('reads %s by path and by URL', async (name, text) => {
    const file = write(name, text);
    const expected = { raw: { models: { taste: { use: 'als' } } }, folder, file };
    expect(await loadConfig(file)).toEqual(expected);
    expect(await loadConfig(pathToFileURL(file))).toEqual(expected);
    expect(await loadConfig(pathToFileURL(file).href)).toEqual(expected);
  });

  it.each([
    ['bad.yaml', 'models:\n  taste: [als\nseed: 1\n', 3],
    ['twice.yaml', 'seed: 1\nmodels: {}\nseed: 2\n', 3],
    ['bad.json', '{\n  "seed": 1,\n  "models": x\n}', 3],
    ['short.json', '{\n  "seed": 1,\n', 2],
    ['bad.ts', 'export default {\n  seed: 1,\n  models: [}\n};', 3],
    ['throws.ts', "const seed: number = 1;\nexport const x = seed;\nthrow new Error('no');\n", 3],
  ])('says on which line %s is wrong', async (name, text, line) => {
    const file = write(name, text);
    const error = await failure(loadConfig(file));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', at: `${file}:${line}` });
    expect(error.message).toMatch(`${file}:${line}: `);
  });

  it('says that a file is missing, and which endings it knows', async () => {
    expect((await failure(loadConfig(join(folder, 'none.ts')))).message).toContain('there is no such file');
    expect((await failure(loadConfig(join(folder, 'none.toml')))).message).toContain('.yaml');
  });

  it('refuses a file that exports no config', async () => {
    expect((await failure(loadConfig(write('none.ts', 'export const x = 1;')))).code).toBe('CONFIG_INVALID');
    expect((await failure(loadConfig(write('list.json', '[]')))).code).toBe('CONFIG_INVALID');
  });

  it('refuses an alias bomb', async () => {
    const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(10)}]`);
    const file = write('bomb.yaml', ['l0: &l0 [x]', ...levels].join('\n'));
    expect((await failure(loadConfig(file))).message).toContain('is refused');
  });
});

describe('loadPlugins', () => {
  it('imports relative paths and packages from the folder of the config, and takes values as they are', async () => {
    write('mine.ts', plugin('mine'));
    write('node_modules/other/package.json', '{ "name": "other", "type": "module", "exports": "./index.js" }');
    write('node_modules/other/index.js', plugin('other').replace(' satisfies unknown[]', ''));
    const loaded = await loadPlugins(['./mine.ts', 'other', toys, [toys]], folder);
    expect(loaded.map((value) => (value as { name: string }).name)).toEqual(['mine', 'other', 'toys', 'toys']);
  });

  it('says which plugin cannot be found or fails to load', async () => {
    expect(await failure(loadPlugins(['no-such-package'], folder))).toMatchObject({
      code: 'PLUGIN_INVALID',
      at: 'plugins[0]',
      message: 'plugins[0] is "no-such-package", which cannot be found; install it: npm install no-such-package.',
    });
    write('broken.ts', "throw new Error('boom');");
    expect((await failure(loadPlugins([toys, './broken.ts'], folder))).message).toBe(
      'plugins[1] is "./broken.ts", which failed to load: boom',
    );
  });
});

describe('collectComponents', () => {
  const valid = { kind: 'model', type: 'x', schema: toys.components[0]?.schema, inject: {}, create: () => ({}) };
  it.each([
    ['no object', 7, 'plugins[0] is number, not a plugin; export definePlugin({ ... }).'],
    ['no name', {}, 'plugins[0] has no name; export definePlugin({ name, apiVersion: 1, components }).'],
    ['another apiVersion', { name: 'p', apiVersion: 2 }, 'Plugin "p" has apiVersion 2; this release'],
    ['no components', { name: 'p', apiVersion: 1 }, 'Plugin "p" has no list `components`.'],
    ['an unknown kind', { name: 'p', apiVersion: 1, components: [{ ...valid, kind: 'toaster' }] }, '"toaster"'],
    ['no zod schema', { name: 'p', apiVersion: 1, components: [{ ...valid, schema: {} }] }, 'no zod 4 schema'],
    ['no create', { name: 'p', apiVersion: 1, components: [{ ...valid, create: 1 }] }, 'no function `create`'],
    ['a string token', { name: 'p', apiVersion: 1, components: [{ ...valid, inject: { log: 'log' } }] }, '"log"'],
  ])('refuses a plugin with %s, naming it', (_, value, message) => {
    const error = errorOf(() => collectComponents([value]));
    expect(error.code).toBe('PLUGIN_INVALID');
    expect(error.message).toContain(message);
  });

  it('names both plugins that declare one type, and counts a plugin listed twice once', () => {
    expect(collectComponents([toys, toys]).types('model')).toEqual(['als', 'popularity', 'blend']);
    const other = { name: 'other', apiVersion: 1, components: [{ ...valid, type: 'als' }] };
    expect(errorOf(() => collectComponents([toys, other])).message).toBe(
      'Plugin "other" declares the model "als", which plugin "toys" declares too; leave one of them out of `plugins`.',
    );
  });
});

it('opens a config file with the built-in plugins and its own', async () => {
  write('third.ts', "export default { name: 'third', apiVersion: 1, components: [] };");
  const file = write(
    'whole.yaml',
    'plugins: [./third.ts]\nmodels: { trending: { use: popularity } }\nstore: { path: s }',
  );
  const opened = await openConfig(file);
  expect(opened.config.models).toEqual({ trending: { use: 'popularity', config: {} } });
  expect(opened.config.store.path).toBe(join(folder, 's'));
  expect(opened.components.find('model', 'popularity')).toBeDefined();
});

it('gives a TypeScript config this very recograph', async () => {
  const file = write(
    'same.ts',
    "import { RecographError } from 'recograph';\nexport default { error: RecographError };",
  );
  expect((await loadConfig(file)).raw).toEqual({ error: RecographError });
});
