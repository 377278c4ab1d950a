import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
let folder: string;

/** The example as `npm install` leaves it: `recograph` is a link to the checkout. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-third-party-'));
  await cp(join(root, 'examples/third-party-plugin'), folder, { recursive: true });
  await mkdir(join(folder, 'node_modules'), { recursive: true });
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (!name.startsWith('.') && name !== 'recograph')
      await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  await symlink(root, join(folder, 'node_modules/recograph'));
  await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder]).catch((error) => expect.fail(error.stdout));
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

it('passes the conformance kit and its own test', async () => {
  const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', 'dist/'], { cwd: folder });
  expect(stdout).toMatch(/# fail 0/);
  expect(Number(/# pass (\d+)/.exec(stdout)?.[1])).toBeGreaterThan(30);
}, 120_000);

it('trains and recommends by the command line: sugar follows coffee', async () => {
  const cli = (...args: string[]) =>
    run(process.execPath, [join(root, 'dist/cli/main.js'), ...args, '--config', 'recograph.config.yaml', '--json'], {
      cwd: folder,
    });
  await cli('train');
  const { stdout } = await cli('recommend', '--user', 'ann', '-n', '3');
  const { items, degraded } = JSON.parse(stdout) as { items: { id: string }[]; degraded: unknown[] };
  expect(degraded).toEqual([]);
  expect(items[0]!.id).toBe('sugar');
}, 120_000);
