import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, cli, kill, PATIENCE_MS, RECORD, type Recorded, type Serving, serve, smallProject } from './support.ts';

let folder: string;
let config: string;
let server: Serving;
beforeAll(async () => {
  ({ folder, config } = await smallProject());
  server = await serve(config);
}, PATIENCE_MS);
afterAll(async () => {
  await kill(server, 'SIGTERM');
  await rm(folder, { recursive: true, force: true });
});

const count = async (): Promise<number> =>
  (await ask<{ health: { events: number } }>(server.url, '{ health { events } }')).health.events;

it('200 parallel mutations of which 20 % are invalid: nothing lost, nothing partial', async () => {
  const before = await count();
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, m) => {
      const events = Array.from({ length: 10 }, (_, k) => ({
        user: `p${m}`,
        item: `i${k}`,
        type: 'click',
        key: `p${m}-${k}`,
      }));
      if (m % 5 === 0) events[4] = { ...events[4]!, user: '' };
      return ask<Recorded>(server.url, RECORD, { events });
    }),
  );
  const accepted = answers.reduce((sum, { recordEvents }) => sum + recordEvents.accepted, 0);
  const rejected = answers.flatMap(({ recordEvents }) => recordEvents.rejected);
  console.log(`200 mutations: ${accepted} accepted, ${rejected.length} rejected, ${(await count()) - before} rows`);
  expect(accepted).toBe(1960);
  expect(rejected).toHaveLength(40);
  expect(new Set(rejected.map(({ index }) => index))).toEqual(new Set([4]));
  expect((await count()) - before).toBe(1960);
});

it('1,000 idempotency keys sent 5 times at once: 1,000 rows', async () => {
  const before = await count();
  const events = Array.from({ length: 1000 }, (_, k) => ({
    user: `d${k % 50}`,
    item: 'i2',
    type: 'click',
    key: `dup-${k}`,
  }));
  const answers = await Promise.all(Array.from({ length: 5 }, () => ask<Recorded>(server.url, RECORD, { events })));
  const accepted = answers.map(({ recordEvents }) => recordEvents.accepted).reduce((a, b) => a + b);
  console.log(`5 x 1,000 keys: ${accepted} accepted, ${(await count()) - before} rows`);
  expect(accepted).toBe(1000);
  expect((await count()) - before).toBe(1000);
});

it(
  'the command line imports beside a writing server: nothing lost',
  async () => {
    const rows = Array.from({ length: 20_000 }, (_, k) => `c${k % 300},i${k % 200},${1_700_000_000 + k}`);
    await writeFile(join(folder, 'more.csv'), ['user,item,time', ...rows].join('\n'));
    const before = await count();
    const importing = cli('import', '--config', config, '--interactions', join(folder, 'more.csv'), '--json');
    const ended = once(importing, 'exit');
    let written = 0;
    while (importing.exitCode === null) {
      const events = [{ user: 'beside', item: 'i3', type: 'click', key: `beside-${written}` }];
      written += (await ask<Recorded>(server.url, RECORD, { events })).recordEvents.accepted;
    }
    expect((await ended)[0]).toBe(0);
    console.log(`import of 20,000 beside ${written} live events: ${(await count()) - before} rows`);
    expect((await count()) - before).toBe(20_000 + written);
  },
  PATIENCE_MS,
);

it('ids with emoji, 1 kB, __proto__ and path characters are kept as they are; NUL and 10 kB are refused', async () => {
  const good = [
    '🎬 film',
    '__proto__',
    'constructor',
    '../../etc/passwd',
    'a'.repeat(1024),
    "x'; DROP TABLE events; --",
    '%00',
  ];
  const bad = ['a\0b', 'b'.repeat(10_000)];
  const events = [...good, ...bad].map((item) => ({ user: 'ids', item, type: 'click' }));
  const { recordEvents } = await ask<Recorded>(server.url, RECORD, { events });
  expect(recordEvents.accepted).toBe(good.length);
  expect(recordEvents.rejected.map(({ index }) => index)).toEqual([good.length, good.length + 1]);
  const { user } = await ask<{ user: { history: { edges: { node: { item: { itemId: string } } }[] } } }>(
    server.url,
    '{ user(userId: "ids") { history { edges { node { item { itemId } } } } } }',
  );
  expect(user.history.edges.map(({ node }) => node.item.itemId).sort()).toEqual([...good].sort());
});

const canMount = (() => {
  try {
    return process.getuid?.() === 0 && execFileSync('which', ['mount']).length > 0;
  } catch {
    return false;
  }
})();

it.runIf(canMount)(
  'a full disk during import and training: a clear error, and the old state goes on',
  async (context) => {
    const small = join(folder, 'small');
    await mkdir(small);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', small], { stdio: 'ignore' });
    } catch {
      return context.skip();
    }
    try {
      const project = await smallProject({ store: { path: join(small, 'recograph.sqlite') } });
      const run = async (...args: string[]) => {
        const child = cli(...args, '--config', project.config, '--json');
        let text = '';
        child.stdout!.on('data', (chunk) => {
          text += chunk;
        });
        await once(child, 'exit');
        return JSON.parse(text) as { bundle: string; error?: { code: string }; items?: unknown[] };
      };
      const { bundle } = await run('train');
      const rows = Array.from({ length: 100_000 }, (_, k) => `full${k},item-${k},${1_700_000_000 + k}`);
      await writeFile(join(folder, 'huge.csv'), ['user,item,time', ...rows].join('\n'));
      const imported = await run('import', '--interactions', join(folder, 'huge.csv'));
      expect(imported.error?.code).toBe('DISK_FULL');
      execFileSync('sh', ['-c', `head -c 10000000 /dev/zero > ${small}/filler || true`], { stdio: 'ignore' });
      const trained = await run('train');
      expect(['DISK_FULL', 'STORE_FAILED']).toContain(trained.error?.code);
      await rm(join(small, 'filler'));
      const served = await run('recommend', '--user', 'u1');
      expect(served.bundle).toBe(bundle);
      expect(served.items).toHaveLength(10);
      await rm(project.folder, { recursive: true });
    } finally {
      execFileSync('umount', [small]);
    }
  },
  PATIENCE_MS,
);
