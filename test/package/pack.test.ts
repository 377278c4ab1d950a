import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
let folder: string;
let tarball: string;

/** The tarball in an empty project. Its dependencies are the checkout's: compiling sqlite3 again would take minutes. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-pack-'));
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
  });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  tarball = join(folder, filename);
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, 'recograph'), { recursive: true });
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(modules, 'recograph')]);
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (!name.startsWith('.')) await symlink(join(root, 'node_modules', name), join(modules, name));
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
}, 300_000);
afterAll(() => rm(folder, { recursive: true }));

const PLUGIN = `import { defineModel, definePlugin, type FittedModel, scoreRows } from 'recograph';

const alphabet = defineModel({
  type: 'alphabet',
  create: () => {
    const fitted = (): FittedModel => ({
      capabilities: { feedback: ['implicit'], coldUsers: ['alike'], coldItems: false, sequential: false, context: false, calibrated: 'none' },
      score: async (queries, items) => scoreRows(queries, items, (_, indices, scores) => indices.forEach((item, k) => { scores[k] = -item; })),
      state: () => ({ json: null, tensors: {} }),
    });
    return { fit: async () => fitted(), restore: () => fitted() };
  },
});
export default definePlugin({ name: 'alphabet', apiVersion: 1, components: [alphabet] });
`;
const MAIN = `import { createRecommender, defineConfig } from 'recograph';
import { modelConformance } from 'recograph/testing';
import plugin from './plugin.js';

const config = defineConfig({
  plugins: [plugin],
  data: { interactions: { path: 'events.csv', columns: { user: 'user', item: 'item' } } },
  models: { first: { use: 'alphabet' }, taste: { use: 'als', config: { factors: 4, epochs: 2 } } },
  pipelines: { home: { candidates: [{ model: 'first', n: 5 }] }, taste: { candidates: [{ model: 'taste', n: 5 }] } },
});
const recommender = await createRecommender(config);
await recommender.train();
const first = await recommender.recommend({ target: { user: 'nobody' }, n: 3 });
const taste = await recommender.recommend({ target: { user: 'u1' }, n: 3, pipeline: 'taste' });
await recommender.close();
console.log(JSON.stringify({
  first: first.items.map(({ id }) => id),
  taste: taste.items.length,
  checks: modelConformance(plugin.components[0]!).length > 10,
}));
`;

it('the packed package runs a plugin that was written against its public types alone', async () => {
  const rows = Array.from({ length: 60 }, (_, k) => `u${k % 6},i${(k * 7) % 10}`);
  await writeFile(join(folder, 'events.csv'), ['user,item', ...rows].join('\n'));
  await writeFile(join(folder, 'plugin.ts'), PLUGIN);
  await writeFile(join(folder, 'main.ts'), MAIN);
  const compilerOptions = { module: 'nodenext', target: 'es2023', strict: true, skipLibCheck: true, types: ['node'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  const compiled = await run(join(root, 'node_modules/typescript/bin/tsc'), ['-p', folder]).catch((error) => error);
  expect(compiled.stdout).toBe('');
  const { stdout } = await run(process.execPath, ['main.js'], { cwd: folder });
  // Items are indexed in the order they were first seen: i0, i7, i4.
  expect(JSON.parse(stdout)).toEqual({ first: ['i0', 'i7', 'i4'], taste: expect.any(Number), checks: true });
}, 120_000);

it('the packed command line starts, and the tarball holds what it needs and no tests', async () => {
  const packed = join(folder, 'node_modules/recograph');
  const { stdout } = await run(process.execPath, [join(packed, 'dist/cli/main.js'), 'plugins', '--json'], {
    cwd: folder,
  });
  expect((JSON.parse(stdout) as { components: { type: string }[] }).components.map(({ type }) => type)).toContain(
    'als',
  );
  expect(await readdir(join(packed, 'dist/core/math'))).toEqual(
    expect.arrayContaining(['kernels.wasm', 'pool-worker.mjs']),
  );
  expect((await readdir(packed)).sort()).toEqual(
    [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'core',
      'dist',
      'docs',
      'examples',
      'package.json',
      'plugins',
      'schema',
    ].sort(),
  );
}, 60_000);

describe('a package that uses every public door', () => {
  const consumer = () => join(folder, 'consumer');
  beforeAll(async () => {
    await cp(join(root, 'test/package/consumer'), consumer(), { recursive: true });
    await writeFile(join(consumer(), 'package.json'), JSON.stringify({ type: 'module' }));
  });

  it.each([
    ['nodenext', 'typescript'],
    ['nodenext', 'typescript5'],
    ['bundler', 'typescript'],
    ['bundler', 'typescript5'],
  ])(
    'is strictly typed with moduleResolution %s by %s',
    async (moduleResolution, compiler) => {
      const compilerOptions = {
        module: moduleResolution === 'bundler' ? 'preserve' : 'nodenext',
        moduleResolution,
        target: 'es2023',
        lib: ['es2023', 'esnext.disposable'],
        types: ['node'],
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: false,
        noEmit: true,
        allowImportingTsExtensions: true,
      };
      const file = join(consumer(), `tsconfig.${moduleResolution}.${compiler}.json`);
      await writeFile(file, JSON.stringify({ compilerOptions, include: ['*.ts'] }));
      const bin = join(root, 'node_modules', compiler, 'bin/tsc');
      const { stdout } = await run(process.execPath, [bin, '-p', file], { cwd: consumer() }).catch((error) => error);
      // Some libraries' own types do not stand up to skipLibCheck: false; ours and the package's must.
      const errors = String(stdout)
        .split('\n')
        .filter((line) => /^\S.*error TS/.test(line));
      const others = /node_modules\/(?!recograph\/)/;
      expect(errors.filter((line) => !others.test(line))).toEqual([]);
    },
    120_000,
  );
});

it('publint finds nothing wrong with the tarball', async () => {
  const file = await readFile(tarball);
  const { messages } = await publint({ pack: { tarball: new Uint8Array(file).buffer } });
  // An example is a package of its own; its "exports" are for who copies it.
  const own = messages.filter(({ code }) => code !== 'NESTED_PACKAGE_JSON_FIELD_IGNORED');
  expect(own.filter(({ type }) => type !== 'suggestion')).toEqual([]);
}, 60_000);

it('every entry has the types that its code has (attw)', async () => {
  const checked = await checkPackage(createPackageFromTarballData(await readFile(tarball)));
  // The package is for import alone: neither CommonJS nor what came before "exports".
  const others = ['node10', 'node16-cjs'];
  const kindOf = (problem: object) => {
    const { resolutionKind, resolutionOption } = problem as { resolutionKind?: string; resolutionOption?: string };
    return resolutionKind ?? resolutionOption ?? '';
  };
  expect(checked.types && checked.problems.filter((problem) => !others.includes(kindOf(problem)))).toEqual([]);
}, 60_000);
