import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createRng } from 'recograph/math';
import { afterEach, beforeEach, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-readme-'));
  await mkdir(join(folder, 'node_modules'));
  await symlink(root, join(folder, 'node_modules/recograph'));
  await symlink(join(root, 'node_modules/zod'), join(folder, 'node_modules/zod'));
});
afterEach(() => rm(folder, { recursive: true }));

const cli = async (...args: string[]) => {
  const asked = [join(root, 'dist/cli/main.js'), ...args, '--config', join(folder, 'recograph.config.ts'), '--json'];
  const { stdout } = await run(process.execPath, asked, { cwd: root }).catch((error: { stdout: string }) => error);
  return JSON.parse(stdout);
};

const block = async (holding: string): Promise<string> => {
  const text = await readFile(join(root, 'README.md'), 'utf8');
  const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);
  return blocks.find((candidate) => candidate.includes(holding))!;
};

const write = async (files: Record<string, string>): Promise<void> => {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
};

const CONFIG = `import { defineConfig } from 'recograph';
import plugin from './plugin.ts';
export default defineConfig({
  plugins: [plugin],
  data: { interactions: { path: 'ratings.csv', columns: { user: 'userId', item: 'movieId', value: 'rating', time: 'timestamp' } } },
  models: { loved: { use: 'mean-value', config: { strength: 1 } } },
  pipelines: { home: { candidates: [{ model: 'loved', n: 10 }] } },
});`;

it('the plugin of the README compiles, and recommends what people rated best', async () => {
  const rows = ['userId,movieId,rating,timestamp'];
  for (let user = 0; user < 20; user++) {
    rows.push(`u${user},good,5,${user}`, `u${user},bad,1,${user}`, `v${user},other,3,${user}`);
  }
  await write({
    'plugin.ts': await block('definePlugin('),
    'recograph.config.ts': CONFIG,
    'ratings.csv': rows.join('\n'),
    'package.json': JSON.stringify({ type: 'module' }),
    'tsconfig.json': JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { noEmit: true, rootDir: '/', typeRoots: [join(root, 'node_modules/@types')] },
      include: ['*.ts'],
    }),
  });
  expect(await cli('train')).toMatchObject({ active: true });
  const { items } = (await cli('recommend', '--user', 'nobody')) as { items: { id: string }[] };
  expect(items.map(({ id }) => id)).toEqual(['good', 'other', 'bad']);
  const compiled = await run(join(root, 'node_modules/typescript/bin/tsc'), ['-p', folder]).catch((error) => error);
  expect(compiled.stdout).toBe('');
}, 60_000);

const KIT = `import { modelConformance } from 'recograph/testing';
import plugin from './plugin.ts';
const [component] = plugin.components;
const failed = [];
for (const { name, run } of modelConformance(component)) await run().catch((error) => failed.push(name + ': ' + error.message));
console.log(JSON.stringify(failed));`;

it('the plugin of the README keeps the contract of a model', async () => {
  await write({
    'plugin.ts': await block('definePlugin('),
    'kit.ts': KIT,
    'package.json': JSON.stringify({ type: 'module' }),
  });
  const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/esm/index.mjs')).href;
  const { stdout } = await run(process.execPath, ['--import', tsx, join(folder, 'kit.ts')], { cwd: folder });
  expect(JSON.parse(stdout)).toEqual([]);
}, 60_000);

it('the config of the README trains', async () => {
  const rows = ['userId,movieId,rating,timestamp'];
  const rng = createRng(3);
  for (let k = 0; k < 1500; k++) {
    const user = rng.int(30);
    rows.push(`u${user},i${(user % 3) * 20 + rng.int(20)},${3 + rng.int(3)},${1_600_000_000 + k * 3600}`);
  }
  await write({ 'recograph.config.ts': await block('defineConfig('), 'ratings.csv': rows.join('\n') });
  const metrics = { 'pipelines.home': { 'ndcg@10': expect.any(Number) } };
  expect(await cli('train')).toMatchObject({ active: true, metrics });
}, 60_000);
