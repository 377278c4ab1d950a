import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, open, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRecommender, RecographError } from 'recograph';
import { createRng } from 'recograph/math';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { thisOwner } from '../../core/training/owner.ts';
import { PATIENCE_MS } from './support.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const rng = createRng(5);
let folder: string;
/** A project with two bundles; the newer one is active. */
let whole: string;
let bundles: string[];

const config = {
  data: { interactions: { path: 'a.csv', format: 'csv', columns: { user: 'user', item: 'item', time: 'time' } } },
  models: { knn: { use: 'item-knn' }, pop: { use: 'popularity' } },
  pipelines: { home: { candidates: [{ model: 'knn', n: 20 }], fallback: ['pop'] } },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-damages-'));
  whole = join(folder, 'whole');
  const rows = Array.from(
    { length: 200 },
    (_, k) => `u${k % 20},i${(k * 7 + Math.floor(k / 20)) % 30},${1_600_000_000 + k}`,
  );
  await cp(new URL('./', import.meta.url), whole, { recursive: true, filter: (path) => !path.endsWith('.ts') });
  await writeFile(join(whole, 'a.csv'), ['user,item,time', ...rows].join('\n'));
  await writeFile(join(whole, 'recograph.config.json'), JSON.stringify(config));
  const recommender = await createRecommender(join(whole, 'recograph.config.json'));
  try {
    bundles = [(await recommender.train()).bundle, (await recommender.train()).bundle];
  } finally {
    await recommender.close();
  }
}, PATIENCE_MS);
afterAll(() => rm(folder, { recursive: true }));

const PAGE_BYTES = 4096;
type Damage = readonly [name: string, run: (project: string) => Promise<void>];

const flip = async (path: string): Promise<void> => {
  const bytes = await readFile(path);
  bytes[rng.int(bytes.length)]! ^= 1 << rng.int(8);
  await writeFile(path, bytes);
};
const KINDS: Readonly<Record<string, (path: string) => Promise<void>>> = {
  'a flipped bit in': flip,
  'half of': async (path) => truncate(path, Math.floor((await readFile(path)).length / 2)),
  'nothing left of': (path) => truncate(path, 0),
  missing: (path) => rm(path),
  'another file as': (path) => writeFile(path, '{"hello":"world"}'),
};
/** Every kind of damage to every file of the active bundle, and to what lies beside it. */
const damages = async (): Promise<Damage[]> => {
  const state = join(whole, '.recograph');
  const active = join('.recograph/bundles', bundles[1]!);
  const files = [
    ...(await readdir(join(whole, active))).map((file) => join(active, file)),
    ...(await readdir(state)).filter((file) => /snapshot/.test(file)).map((file) => join('.recograph', file)),
  ];
  const each = files.flatMap((file) =>
    Object.entries(KINDS).map(
      ([kind, run]): Damage => [
        `${kind} ${file.replace(bundles[1]!, 'ACTIVE')}`,
        (project) => run(join(project, file)),
      ],
    ),
  );
  return [
    ...each,
    ['no folder of the active bundle', (project) => rm(join(project, active), { recursive: true })],
    ['no folder of any bundle', (project) => rm(join(project, '.recograph/bundles'), { recursive: true })],
    [
      'a format of another release',
      (project) => reseal(join(project, active), (manifest) => ({ ...manifest, format: 99 })),
    ],
    ['a manifest that is no manifest', (project) => reseal(join(project, active), () => ({}))],
    ...['both bundles damaged', 'both bundles of another release'].map(
      (name, k): Damage => [
        name,
        async (project) => {
          for (const id of bundles) {
            const path = join(project, '.recograph/bundles', id);
            await (k === 0 ? rm(join(path, 'users.json')) : reseal(path, (manifest) => ({ ...manifest, format: 99 })));
          }
        },
      ],
    ),
    ...Array.from(
      { length: (await stat(join(state, 'recograph.sqlite'))).size / PAGE_BYTES },
      (_, page): Damage => [
        `page ${page} of the database overwritten`,
        async (project) => {
          const file = await open(join(project, '.recograph/recograph.sqlite'), 'r+');
          // The file's first 100 bytes say that it is one, and how it is laid out.
          await file.write(Buffer.alloc(200, 0x5a), 0, 200, page * PAGE_BYTES + (page === 0 ? 100 : 0));
          await file.close();
        },
      ],
    ),
    ['a database that is cut off', (project) => truncate(join(project, '.recograph/recograph.sqlite'), 5000)],
    ['a database that is none', (project) => writeFile(join(project, '.recograph/recograph.sqlite'), 'x'.repeat(9000))],
  ];
};

const reseal = async (bundle: string, change: (manifest: object) => object): Promise<void> => {
  const path = join(bundle, 'manifest.json');
  const text = JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')) as object));
  await writeFile(path, text);
  await writeFile(join(bundle, 'manifest.sha256'), createHash('sha256').update(text).digest('hex'));
};

const damaged = async (name: string, run: Damage[1]): Promise<string> => {
  const project = join(folder, name.replaceAll(/\W+/g, '-'));
  await cp(whole, project, { recursive: true });
  await run(project);
  return project;
};

describe('a start over damage', () => {
  it(
    'serves an intact bundle and says so, or refuses with the cause and what mends it: 60 damages and more',
    async () => {
      const all = await damages();
      expect(all.length).toBeGreaterThanOrEqual(60);
      const wrong: string[] = [];
      for (const [name, run] of all) {
        const project = await damaged(name, run);
        try {
          const recommender = await createRecommender(join(project, 'recograph.config.json'));
          try {
            const { items, bundle } = await recommender.recommend({ target: { anonymous: true }, n: 3 });
            const { notes } = await recommender.service.status();
            if (items.length !== 3) wrong.push(`${name}: ${items.length} items`);
            if (bundle !== bundles[1] && !notes[0]?.includes('recograph train')) wrong.push(`${name}: silent`);
            if ((await recommender.store.activeBundle()) !== bundles[1]) wrong.push(`${name}: another one is active`);
            if (name.includes('snapshot')) await recommender.train();
          } finally {
            await recommender.close();
          }
        } catch (error) {
          const said = error instanceof RecographError && /recograph (train|backup|restore|import)/.test(error.message);
          if (!said || (error as RecographError).code === 'INTERNAL') wrong.push(`${name}: ${String(error)}`);
        }
        await rm(project, { recursive: true });
      }
      expect(wrong).toEqual([]);
    },
    PATIENCE_MS,
  );
});

const cli = (project: string, ...args: string[]): Promise<{ code: number; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'dist/cli/main.js'), ...args], { cwd: project }, (error, _, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stderr }),
    );
  });

const doctor = (project: string): Promise<{ checks: { name: string }[] }> =>
  new Promise((resolve) => {
    const args = [join(root, 'dist/cli/main.js'), 'doctor', '--json'];
    execFile(process.execPath, args, { cwd: project }, (_, stdout) => resolve(JSON.parse(stdout)));
  });

describe('the command line', () => {
  it(
    'serves the older bundle where the active one is damaged: ready, degraded, exit code 0',
    async () => {
      const project = await damaged('serve', (path) =>
        flip(join(path, '.recograph/bundles', bundles[1]!, 'users.json')),
      );
      const child = spawn(process.execPath, [join(root, 'dist/cli/main.js'), 'serve', '--port', '0'], { cwd: project });
      let stderr = '';
      child.stderr.on('data', (chunk) => {
        stderr += chunk;
      });
      const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
      try {
        const url = await new Promise<string>((resolve, reject) => {
          child.stdout.on('data', (chunk) => {
            const ready = /^ready (\S+)\/graphql/m.exec(String(chunk));
            if (ready) resolve(ready[1]!);
          });
          exited.then(() => reject(new Error(stderr)));
        });
        const response = await fetch(`${url}/ready`);
        expect(response.status).toBe(200);
        expect(await response.json()).toMatchObject({
          ready: true,
          bundle: bundles[0],
          degraded: [expect.stringContaining(`The active bundle ${bundles[1]} cannot be loaded`)],
        });
        expect(stderr).toContain(`Warning: The active bundle ${bundles[1]} cannot be loaded`);
      } finally {
        child.kill('SIGTERM');
      }
      expect(await exited).toBe(0);
    },
    PATIENCE_MS,
  );

  it.each<[string, (path: string) => Promise<void>, RegExp]>([
    [
      'no bundle is intact',
      (path) => rm(join(path, '.recograph/bundles'), { recursive: true }),
      /No other bundle.*recograph train/,
    ],
    [
      'the database is damaged',
      (path) => writeFile(join(path, '.recograph/recograph.sqlite'), 'x'.repeat(9000)),
      /not a database|damaged/,
    ],
    [
      'the data file of the first start is missing',
      async (path) => {
        await rm(join(path, '.recograph'), { recursive: true });
        await rm(join(path, 'a.csv'));
      },
      /a\.csv does not exist/,
    ],
    [
      'a duration of the config is none',
      (path) =>
        writeFile(join(path, 'recograph.config.json'), JSON.stringify({ ...config, training: { every: 'daily' } })),
      /training\.every is "daily".*such as "12h"/,
    ],
  ])(
    'serve ends with exit code 1 where %s',
    async (name, run, message) => {
      const { code, stderr } = await cli(await damaged(name, run), 'serve', '--port', '0');
      expect(stderr).toMatch(message);
      expect(code).toBe(1);
    },
    PATIENCE_MS,
  );
});

it(
  'a rollback to a bundle that is damaged changes nothing and says what does',
  async () => {
    const project = await damaged('back', (path) => flip(join(path, '.recograph/bundles', bundles[0]!, 'users.json')));
    for (const workers of [0, 1]) {
      const recommender = await createRecommender(join(project, 'recograph.config.json'), { workers });
      try {
        await expect(recommender.rollback()).rejects.toMatchObject({
          code: 'BUNDLE_INVALID',
          message: expect.stringMatching(/users\.json is missing.*recograph bundles activate ID/),
        });
        expect(await recommender.store.activeBundle()).toBe(bundles[1]);
      } finally {
        await recommender.close();
      }
    }
  },
  PATIENCE_MS,
);

describe('bundles on disk', () => {
  it(
    'are kept as many as the config says, the active one and the one before it always',
    async () => {
      const project = await damaged('keep', async () => undefined);
      const file = join(project, 'recograph.config.json');
      await writeFile(file, JSON.stringify({ ...config, training: { keep: 2 } }));
      const recommender = await createRecommender(file);
      try {
        await recommender.activate(bundles[0]!);
        const { bundle: third } = await recommender.train({ activate: false });
        const { bundle: fourth } = await recommender.train({ activate: false });
        const kept = async () => (await recommender.store.bundles()).map(({ id }) => id);
        // active: the first; before it: the second; newer than the active one: all others
        expect((await kept()).sort()).toEqual([...bundles, third, fourth].sort());
        await recommender.activate(fourth);
        const { bundle: fifth } = await recommender.train();
        expect((await kept()).sort()).toEqual([fourth, fifth].sort());
        expect((await readdir(join(project, '.recograph/bundles'))).sort()).toEqual([fourth, fifth].sort());
      } finally {
        await recommender.close();
      }
    },
    PATIENCE_MS,
  );

  it(
    'that another process serves stay until it serves them no more, or has gone',
    async () => {
      const project = await damaged('leased', async () => undefined);
      const file = join(project, 'recograph.config.json');
      await writeFile(file, JSON.stringify({ ...config, training: { keep: 2 } }));
      const leases = join(project, '.recograph/serving');
      await mkdir(leases);
      const left = `${thisOwner().replace(/\d+$/, '1')}.x-${bundles[1]}`;
      await writeFile(join(leases, left), '');
      const [server, trainer] = [await createRecommender(file), await createRecommender(file)];
      try {
        await server.recommend({ target: { anonymous: true }, n: 3, bundle: bundles[0]! });
        const { bundle: third } = await trainer.train();
        const { bundle: fourth } = await trainer.train();
        const kept = async () => (await trainer.store.bundles()).map(({ id }) => id).sort();
        expect(await kept()).toEqual([bundles[0], third, fourth].sort());
        expect(await readdir(leases)).not.toContain(left);
        await server.close();
        const { bundle: fifth } = await trainer.train();
        expect(await kept()).toEqual([fourth, fifth].sort());
      } finally {
        await server.close();
        await trainer.close();
      }
      expect(await readdir(leases)).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'half-written ones go with the process that wrote them, and not before; those of another machine after a day',
    async () => {
      const project = await damaged('drafts', async () => undefined);
      const drafts = join(project, '.recograph/bundles');
      const dead = spawn(process.execPath, ['-e', '']);
      await new Promise((resolve) => dead.on('exit', resolve));
      const own = thisOwner();
      const [host, pid, startedAt] = own.split('.');
      const elsewhere = `00000000.${pid}.${startedAt}`;
      const owners = { own, dead: `${host}.${dead.pid}.1`, 'the same id, given again': `${host}.${pid}.1`, elsewhere };
      for (const owner of [...Object.values(owners), `${elsewhere}9`])
        await cp(join(drafts, bundles[0]!), join(drafts, `.writing-${owner}-x`), { recursive: true });
      const yesterday = new Date(Date.now() - 25 * 3_600_000);
      await utimes(join(drafts, `.writing-${elsewhere}9-x`), yesterday, yesterday);
      const recommender = await createRecommender(join(project, 'recograph.config.json'));
      try {
        await recommender.train();
      } finally {
        await recommender.close();
      }
      expect((await readdir(drafts)).filter((name) => name.startsWith('.writing')).sort()).toEqual(
        [`.writing-${own}-x`, `.writing-${elsewhere}-x`].sort(),
      );
    },
    PATIENCE_MS,
  );
});

describe('a config that was edited after the training', () => {
  it(
    'is told what waits for a training, and lists what serves',
    async () => {
      const project = await damaged('edited', async () => undefined);
      const file = join(project, 'recograph.config.json');
      const edited = {
        ...config,
        models: { ...config.models, knn: { use: 'item-knn', config: { neighbors: 7 } } },
        pipelines: { ...config.pipelines, fresh: { candidates: [{ model: 'pop', n: 5 }] } },
        server: { port: 4001 },
      };
      await writeFile(file, JSON.stringify(edited));
      const recommender = await createRecommender(file);
      try {
        const status = await recommender.service.status();
        expect(status.notes).toEqual([
          `The config has changed since bundle ${bundles[1]} was trained, and waits for a training: models.knn was changed; pipelines.fresh was added. Run: recograph train`,
        ]);
        expect(Object.keys(status.pipelines)).toEqual(['home']);
        const { checks } = await doctor(project);
        expect(checks.find(({ name }) => name === 'serving')).toEqual({
          name: 'serving',
          status: 'warn',
          detail: status.notes[0],
          fix: 'recograph train',
        });
        await recommender.train();
        expect((await recommender.service.status()).notes).toEqual([]);
      } finally {
        await recommender.close();
      }
    },
    PATIENCE_MS,
  );
});
