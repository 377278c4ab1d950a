import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecommender, type Dataset, defineModel, definePlugin, type Recommender, scoreRows } from 'recograph';
import { createRng } from 'recograph/math';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';

let folder: string;

/** 200 users of two camps; each takes 8 of the camp's 30 items, the first ones more often. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-worth-'));
  const rng = createRng(3);
  const lines = ['user,item,time'];
  for (let user = 0; user < 200; user++) {
    const taken = new Set<number>();
    while (taken.size < 8) taken.add((user % 2) * 30 + Math.floor(30 * rng.next() ** 1.5));
    let day = 0;
    for (const item of taken) lines.push(`u${user},i${item},2024-01-${String(++day).padStart(2, '0')}`);
  }
  await writeFile(join(folder, 'events.csv'), lines.join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A model that scores item `i` of the vocabulary as `scoreOf` says, the same for everybody, after reporting `losses`. */
const fixed = (type: string, scoreOf: (data: Dataset) => Float32Array, losses: readonly number[] = []) =>
  defineModel({
    type,
    config: z.strictObject({}),
    inject: {},
    create: () => {
      const fitted = (table: Float32Array) => ({
        capabilities: {
          feedback: ['implicit'] as const,
          coldUsers: ['history'] as const,
          coldItems: false,
          sequential: false,
          context: false,
          calibrated: 'none' as const,
        },
        score: async (...[queries, items]: Parameters<import('recograph').FittedModel['score']>) =>
          scoreRows(queries, items, (_query, indices, scores) => {
            for (let k = 0; k < indices.length; k++) scores[k] = table[indices[k]!] ?? Number.NaN;
          }),
        state: () => ({ json: {}, tensors: { table: { shape: [table.length], data: table } } }),
      });
      return {
        fit: async (data, _inputs, { report }) => {
          losses.forEach((loss, k) => {
            report({ epoch: k + 1, epochs: losses.length, loss });
          });
          return fitted(scoreOf(data));
        },
        restore: ({ tensors }) => fitted(tensors.table!.data as Float32Array),
      };
    },
  });

const counts = ({ items, interactions }: Dataset): Float32Array => {
  const found = new Float32Array(items.size);
  for (const item of interactions.items) found[item]! += 1;
  return found;
};
const plugin = definePlugin({
  name: 'recograph-plugin-fixed',
  apiVersion: 1,
  components: [
    fixed('rare-first', (data) => counts(data).map((count) => -count)),
    fixed('collapsed', (data) => counts(data).map((count) => count * 1e-9)),
    fixed('exploded', counts, [3e14, 2e14, 1e14]),
    fixed('grown', counts, [0.7, 20, 900]),
    fixed('still', counts, [0.7, 0.7, 0.7]),
  ],
});

const train = async (
  use: string,
  options: { store: string; config?: object; evaluate?: boolean; activate?: boolean },
) => {
  const { store, config = {}, evaluate = true, activate } = options;
  const recommender = await createRecommender({
    plugins: [plugin],
    data: {
      interactions: {
        path: join(folder, 'events.csv'),
        format: 'csv',
        columns: { user: 'user', item: 'item', time: 'time' },
      },
    },
    models: { taste: { use, config }, popular: { use: 'popularity' } },
    pipelines: { home: { candidates: [{ model: 'taste', n: 50 }], fallback: ['popular'] } },
    ...(evaluate && {
      evaluation: { split: { use: 'leave-last-out', last: 1, validation: 0 }, metrics: ['ndcg@10'] },
    }),
    store: { path: join(folder, store) },
  } as never);
  try {
    await recommender.import();
    return await recommender.train(activate === undefined ? {} : { activate });
  } finally {
    await recommender.close();
  }
};
const about = ({ warnings }: Awaited<ReturnType<Recommender['train']>>): string => warnings.join('\n');

it('says nothing of a model that learned, and activates it', async () => {
  for (const use of ['als', 'item-knn', 'popularity']) {
    const report = await train(use, { store: `${use}.sqlite`, config: use === 'als' ? { factors: 8 } : {} });
    expect(report.warnings).toEqual([]);
    expect(report.active).toBe(true);
  }
});

it('says that a model ranks worse than popularity, and keeps the active bundle unless asked', async () => {
  const good = await train('als', { store: 'replaced.sqlite', config: { factors: 8 } });
  const bad = await train('rare-first', { store: 'replaced.sqlite' });
  expect(good.active).toBe(true);
  expect(bad.active).toBe(false);
  expect(about(bad)).toMatch(
    /models\.taste ranks worse than popularity.* \(NDCG@20 \d\.\d+, popularity \d\.\d+, .*200 users\)/,
  );
  expect(about(bad)).toContain('pipelines.home ranks worse than popularity');
  expect(about(bad)).toContain(`recograph bundles activate ${bad.bundle}`);
  expect((await train('rare-first', { store: 'replaced.sqlite', activate: true })).active).toBe(true);
});

it('activates a first bundle, for nothing else is there to serve, and says what it is worth', async () => {
  const report = await train('rare-first', { store: 'first.sqlite' });
  expect(report.active).toBe(true);
  expect(about(report)).toContain('models.taste ranks worse than popularity');
});

it('says that everybody gets nearly the same list', async () => {
  expect(about(await train('collapsed', { store: 'same.sqlite' }))).toContain(
    'models.taste ranks no better than popularity, with nearly the same list for everybody',
  );
});

it('says that a loss is absurd, grew or stood still, and keeps the active bundle where one diverged', async () => {
  const none = { store: 'losses.sqlite', evaluate: false };
  await train('als', { ...none, config: { factors: 8 } });
  const exploded = await train('exploded', none);
  expect(about(exploded)).toContain('models.taste diverged: its loss went from 300000000000000 to 100000000000000.');
  expect(exploded.active).toBe(false);
  const grown = await train('grown', none);
  expect(about(grown)).toContain('models.taste diverged: its loss went from 0.7 to 900.');
  expect(grown.active).toBe(false);
  const still = await train('still', none);
  expect(about(still)).toContain('its loss is 0.7 after 3 epochs, as it was after the first');
  expect(still.active).toBe(true);
});
