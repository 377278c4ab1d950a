import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecommender, type Recommender } from 'recograph';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ask, kill, killAll, PATIENCE_MS, serve, until } from './support.ts';

let folder: string;
let recommender: Recommender | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-stuck-'));
});
afterEach(async () => {
  await recommender?.close();
  recommender = undefined;
  await killAll();
  await rm(folder, { recursive: true });
});

/** A plugin whose fit is stuck, or ends with something that keeps its process alive. */
const PLUGIN = (fit: string) => `
const fitted = {
  capabilities: { feedback: ['implicit'], coldUsers: ['alike'], coldItems: false, sequential: false, context: false, calibrated: 'none' },
  score: async (queries, items) => new Float32Array(items.kind === 'shared' ? queries.size * items.indices.length : items.indices.length),
  state: () => ({ json: null, tensors: {} }),
};
export default { name: 'stuck', apiVersion: 1, components: [{
  kind: 'model', type: 'stuck', schema: (await import('zod')).z.strictObject({}), inject: {},
  create: () => ({ fit: async () => { ${fit}; return fitted; }, restore: () => fitted }),
}] };`;

const project = async (fit: string, timeout: string) => {
  await writeFile(join(folder, 'plugin.mjs'), PLUGIN(fit).replace("'zod'", JSON.stringify(import.meta.resolve('zod'))));
  await writeFile(join(folder, 'a.csv'), 'user,item\nu1,a\nu2,a\nu1,b\n');
  const config = {
    plugins: ['./plugin.mjs'],
    data: { interactions: { path: 'a.csv', format: 'csv', columns: { user: 'user', item: 'item' } } },
    models: { m: { use: 'stuck' } },
    pipelines: { home: { candidates: [{ model: 'm', n: 5 }] } },
    training: { timeout },
  };
  const file = join(folder, 'recograph.config.json');
  await writeFile(file, JSON.stringify(config));
  return { config, file };
};
const start = async (fit: string, timeout: string): Promise<void> => {
  recommender = await createRecommender((await project(fit, timeout)).file);
};
const outcome = async () => {
  const { id } = await recommender!.jobs.start({ kind: 'train' });
  await recommender!.jobs.finished(id);
  return recommender!.store.job(id);
};

it.each([
  ['loops', 'for (;;);'],
  ['waits for a promise that never ends', 'await new Promise(() => setInterval(() => {}, 1000))'],
])(
  'a training that %s is stopped after training.timeout and has failed; the next one starts',
  async (_name, fit) => {
    await start(fit, '4s');
    const job = await outcome();
    expect(job).toMatchObject({
      status: 'FAILED',
      error: {
        code: 'DEADLINE_EXCEEDED',
        message: expect.stringContaining("after 4 s, the config's training.timeout"),
      },
    });
    await expect(recommender!.jobs.start({ kind: 'train' })).resolves.toMatchObject({ status: 'RUNNING' });
  },
  PATIENCE_MS,
);

it(
  'a training whose plugin leaves a handle open ends all the same',
  async () => {
    await start('setInterval(() => {}, 1000)', '1h');
    expect(await outcome()).toMatchObject({ status: 'SUCCEEDED', error: null });
  },
  PATIENCE_MS,
);

it(
  'a training of this process that ignores its signal has failed too, and nobody waits for it',
  async () => {
    const { config } = await project('await new Promise(() => {})', '1s');
    recommender = await createRecommender(config, { folder });
    expect(await outcome()).toMatchObject({ status: 'FAILED', error: { code: 'DEADLINE_EXCEEDED' } });
  },
  PATIENCE_MS,
);

/** Those that are still there, of a process and all that it started. */
const family = (pid: number): number[] => {
  const parents = new Map(
    readdirSync('/proc').flatMap((name) => {
      try {
        return [[Number(name), Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1])]];
      } catch {
        return [];
      }
    }) as [number, number][],
  );
  const found = [pid];
  for (const one of found) for (const [child, parent] of parents) if (parent === one) found.push(child);
  return found;
};

it.runIf(process.platform === 'linux')(
  'a training that loops does not outlive a server that was killed',
  async () => {
    const [loop, begun] = [join(folder, 'loop'), join(folder, 'begun')];
    const { file } = await project(
      `const fs = await import('node:fs');
       if (fs.existsSync(${JSON.stringify(loop)})) { fs.writeFileSync(${JSON.stringify(begun)}, ''); for (;;); }`,
      '1h',
    );
    recommender = await createRecommender(file);
    await recommender.train();
    await writeFile(loop, '');
    const server = await serve(file, { PORT: '0' });
    await ask(server.url, 'mutation { train { __typename } }');
    await until(() => existsSync(begun));
    const [, ...others] = family(server.process.pid!);
    expect(others.length).toBeGreaterThanOrEqual(2);
    await kill(server, 'SIGKILL');
    await until(() => others.every((pid) => !existsSync(`/proc/${pid}`)));
  },
  PATIENCE_MS,
);
