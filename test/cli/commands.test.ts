import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
let project: string;

const cli = (cwd: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'dist/cli/main.js'), ...args], { cwd }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
/** Exactly one JSON document on stdout. */
const json = async (...args: string[]) => {
  const { stdout } = await cli(project, ...args, '--json');
  expect(stdout.trim().split('\n')).toHaveLength(1);
  return JSON.parse(stdout);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-cli-'));
  const rows = Array.from(
    { length: 900 },
    (_, k) => `c${k % 45},p${(k * 11 + (k % 45) * 3) % 60},${1 + (k % 5)},${1_600_000_000 + k}`,
  );
  await writeFile(join(folder, 'own.csv'), ['customer_id,product_id,rating,timestamp', ...rows].join('\n'));
  project = join(folder, 'my-recs');
  const made = await cli(folder, 'init', 'my-recs', '--interactions', 'own.csv', '--json');
  expect(JSON.parse(made.stdout)).toMatchObject({
    folder: project,
    columns: { user: 'customer_id', item: 'product_id', value: 'rating', time: 'timestamp' },
  });
  await mkdir(join(project, 'node_modules'));
  await symlink(root, join(project, 'node_modules/recograph'));
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

it('a project of init runs with the user’s own CSV: train, recommend, similar, evaluate, bundles', async () => {
  const trained = await json('train');
  expect(trained).toMatchObject({ active: true, metrics: { 'pipelines.home': expect.anything() } });
  expect(trained.models.taste).toMatchObject({ seconds: expect.any(Number), epochs: expect.any(Number) });
  const slate = await json('recommend', '--user', 'c1', '-n', '5');
  expect(slate).toMatchObject({ pipeline: 'home', bundle: trained.bundle, degraded: [] });
  expect(slate.items.map(({ rank }: { rank: number }) => rank)).toEqual([1, 2, 3, 4, 5]);
  expect((await json('similar', '--item', 'p1', '-n', '3')).items).toHaveLength(3);
  expect((await json('evaluate')).results.map(({ target }: { target: string }) => target)).toContain('models.taste');
  const { bundle } = await json('train');
  expect((await json('bundles', 'rollback')).active).toBe(trained.bundle);
  expect((await json('bundles', 'activate', bundle)).active).toBe(bundle);
}, 60_000);

it('a project of init for a file without times tests on random events, and trains', async () => {
  const rows = Array.from({ length: 400 }, (_, k) => `u${k % 20},i${(k * 7) % 40}`);
  await writeFile(join(folder, 'timeless.csv'), ['user_id,item_id', ...rows].join('\n'));
  await cli(folder, 'init', 'timeless', '--interactions', 'timeless.csv');
  const own = join(folder, 'timeless');
  await mkdir(join(own, 'node_modules'));
  await symlink(root, join(own, 'node_modules/recograph'));
  expect(await readFile(join(own, 'recograph.config.ts'), 'utf8')).toContain("split: { use: 'random', test: 0.2 }");
  const { code, stdout } = await cli(own, 'train');
  expect(stdout).toMatch(/^Bundle \S+ is active/);
  expect(code).toBe(0);
}, 60_000);

it('prints what the figures do not say by themselves, on the terminal and in the document', async () => {
  const own = join(folder, 'few');
  await mkdir(own);
  const rows = Array.from({ length: 200 }, (_, k) => `u${k % 20},i${(k * 7 + Math.floor(k / 20) * 3) % 40},${k}`);
  await writeFile(join(own, 'a.csv'), ['user,item,time', ...rows].join('\n'));
  const config = {
    data: { interactions: { path: 'a.csv', columns: { user: 'user', item: 'item', time: 'time' } } },
    models: { pop: { use: 'popularity' } },
    pipelines: { home: { candidates: [{ model: 'pop', n: 10 }] } },
    evaluation: { split: { use: 'temporal', test: 0.95 }, metrics: ['ndcg@10'] },
  };
  await writeFile(join(own, 'recograph.config.json'), JSON.stringify(config));
  const warning = 'Only 5 % of the events are left to train on';
  for (const command of ['evaluate', 'train']) {
    expect((await cli(own, command)).stderr).toContain(`Warning: ${warning}`);
    expect(JSON.parse((await cli(own, command, '--json')).stdout).warnings[0]).toContain(warning);
  }
}, 60_000);

it('recommend and similar wait for what a new process has to load, whatever deadline the server has', async () => {
  const config = await readFile(join(project, 'recograph.config.ts'), 'utf8');
  expect(config).toContain('pipelines:');
  await writeFile(
    join(project, 'hasty.config.ts'),
    config.replace('pipelines:', 'server: { deadlineMs: 1 },\n  pipelines:'),
  );
  const slate = await json('recommend', '--user', 'c1', '--config', 'hasty.config.ts');
  expect(slate).toMatchObject({ servedBy: 'PIPELINE', degraded: [] });
  const { model } = await json('similar', '--item', 'p1', '--config', 'hasty.config.ts');
  expect(model).not.toBe('fallback');
}, 60_000);

it('importing the same file again changes nothing', async () => {
  expect(await json('import')).toMatchObject({ imported: { events: 0, items: 0, users: 0 }, rejected: 0 });
});

it('recommends for all users into a file, one JSON line each', async () => {
  const out = join(folder, 'all.jsonl');
  const { code } = await cli(project, 'recommend', '--users', 'all', '--out', out, '-n', '2');
  expect(code).toBe(0);
  const lines = (await readFile(out, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(45);
  expect(new Set(lines.map(({ user }) => user)).size).toBe(45);
});

it('a malformed row stops an import with its line, or goes to the reject file', async () => {
  await writeFile(
    join(folder, 'bad.csv'),
    'customer_id,product_id,rating,timestamp\nc1,p1,5,1700000001\nc2,p2,five,1700000002\n',
  );
  const columns = ['--interactions', join(folder, 'bad.csv')];
  const failed = await json('import', ...columns);
  expect(failed.error).toMatchObject({ code: 'DATA_INVALID', message: expect.stringContaining('bad.csv:3') });
  const skipped = await json('import', ...columns, '--on-error', 'skip');
  expect(skipped).toMatchObject({ imported: { events: 1 }, rejected: 1, rejects: [{ line: 3 }] });
  expect(await readFile(skipped.rejectFile, 'utf8')).toContain('five');
});

it('wrong use ends with 2, a failure with 1, and JSON mode says what in one document', async () => {
  expect((await cli(project, 'recommend', '--usr', 'c1')).code).toBe(2);
  expect((await cli(project, 'nonsense')).code).toBe(2);
  expect((await cli(project, 'recommend')).code).toBe(2);
  expect((await cli(folder, 'train', '--config', 'absent.yaml')).code).toBe(1);
  expect((await json('bundles', 'activate', 'none')).error).toMatchObject({ code: 'UNKNOWN_BUNDLE' });
  expect((await json('train', '--pipeline', 'hom')).error).toMatchObject({ code: 'UNKNOWN_PIPELINE' });
  expect((await cli(folder, 'init', 'my-recs')).code).toBe(2);
});

it('all problems of a YAML config are told at once, with path and suggestion', async () => {
  const file = join(folder, 'wrong.yaml');
  await writeFile(
    file,
    'models:\n  taste: { use: asl }\n  top: { use: popularity, config: { halfLifeDay: 3 } }\npipelines:\n  home: { candidates: [{ model: tast }] }\n',
  );
  const { stdout, code } = await cli(folder, 'train', '--config', file, '--json');
  expect(code).toBe(1);
  const { message } = JSON.parse(stdout).error;
  for (const part of [
    'models.taste.use is "asl". Did you mean "als"?',
    'halfLifeDays',
    '"tast"',
    'Did you mean "taste"?',
  ]) {
    expect(message).toContain(part);
  }
});
