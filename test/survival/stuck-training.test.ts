import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecommender, type Recommender } from 'recograph';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
let recommender: Recommender | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-stuck-'));
});
afterEach(async () => {
  await recommender?.close();
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

const start = async (fit: string, timeout: string): Promise<void> => {
  await writeFile(join(folder, 'plugin.mjs'), PLUGIN(fit).replace("'zod'", JSON.stringify(import.meta.resolve('zod'))));
  await writeFile(join(folder, 'a.csv'), 'user,item\nu1,a\nu2,a\nu1,b\n');
  const config = {
    plugins: ['./plugin.mjs'],
    data: { interactions: { path: 'a.csv', format: 'csv', columns: { user: 'user', item: 'item' } } },
    models: { m: { use: 'stuck' } },
    pipelines: { home: { candidates: [{ model: 'm', n: 5 }] } },
    training: { timeout },
  };
  await writeFile(join(folder, 'recograph.config.json'), JSON.stringify(config));
  recommender = await createRecommender(join(folder, 'recograph.config.json'));
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
  120_000,
);

it('a training whose plugin leaves a handle open ends all the same', async () => {
  await start('setInterval(() => {}, 1000)', '1h');
  expect(await outcome()).toMatchObject({ status: 'SUCCEEDED', error: null });
}, 120_000);
