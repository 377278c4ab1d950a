import { createRuntime, type Dataset, type FittedModel, type OwnedRuntime, queriesOf } from 'recograph';
import { createKernels, createRng } from 'recograph/math';
import { twoTower } from 'recograph/plugins/two-tower';
import { conformanceData } from 'recograph/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { splitPositives } from '../../plugins/two-tower/histories.ts';
import { fitOptions, itemSet, noInputs, stranger, tiny } from '../support/tiny.ts';

let runtime: OwnedRuntime;
let kernels: ReturnType<typeof createKernels>;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
  kernels = createKernels({ threads: 1 });
});
afterAll(async () => {
  runtime.dispose();
  await kernels.dispose();
});

const ITEMS = 12;
/** Two tastes: everybody takes four of the first six items, or four of the last six. */
const tastes: Dataset = tiny(
  40,
  ITEMS,
  Array.from({ length: 40 }, (_, u) => [0, 1, 2, 3].map((t) => [u, (u % 2) * 6 + (((u >> 1) + t) % 6)])).flat(),
);
const settings = { dimensions: 8, epochs: 20, batchSize: 20, learningRate: 0.05, negatives: 6, inBatch: 6 };
const model = (config: object) =>
  twoTower.create(twoTower.schema.parse({ ...settings, ...config }) as never, { runtime, kernels } as never);
const everyItem = itemSet(...Array.from({ length: ITEMS }, (_, i) => i));
const fitted = new Map<string, Promise<FittedModel>>();
const learn = (config: object = {}): Promise<FittedModel> => {
  const key = JSON.stringify(config);
  if (!fitted.has(key)) fitted.set(key, model(config).fit(tastes, noInputs, fitOptions()));
  return fitted.get(key)!;
};

it.each([{}, { history: 'attention' }, { hidden: [16], learningRate: 0.02 }, { ids: ['item'] }])(
  'completes a history of one taste, of somebody unknown: %o',
  async (config) => {
    const fit = await learn(config);
    for (const first of [0, 6]) {
      const exclude = { offsets: Uint32Array.of(0, 3), values: Int32Array.of(first, first + 1, first + 2) };
      const [list] = await fit.recommend!(stranger(first, first + 1, first + 2), 3, { exclude });
      expect([...list!.items].sort((a, b) => a - b)).toEqual([first + 3, first + 4, first + 5]);
    }
  },
);

it('gives items lengths by their positives where popularity counts, and leaves their directions', async () => {
  const [plain, raised] = [await learn({ epochs: 2 }), await learn({ epochs: 2, popularity: 0.5 })];
  const counts = new Map<number, number>();
  for (const item of tastes.positives().indices) counts.set(item, (counts.get(item) ?? 0) + 1);
  const [unit, long] = [plain.itemVectors!(), raised.itemVectors!()];
  for (let k = 0; k < unit.data.length; k++) {
    const item = Math.floor(k / unit.columns);
    expect(long.data[k]).toBeCloseTo(unit.data[k]! * Math.sqrt(counts.get(item)! + 1), 5);
  }
  expect(new Set(counts.values()).size).toBeGreaterThan(1);
});

it('scores by the cosine of user and item vectors', async () => {
  const fit = await learn();
  const query = queriesOf(tastes, Int32Array.of(3));
  const items = fit.itemVectors!();
  const user = (await fit.userVectors!(query)).data;
  expect(Math.hypot(...user)).toBeCloseTo(1, 4);
  const scores = await fit.score(query, everyItem);
  for (let i = 0; i < ITEMS; i++) {
    const item = items.data.subarray(i * items.columns, (i + 1) * items.columns);
    expect(Math.hypot(...item)).toBeCloseTo(1, 4);
    expect(user.reduce((sum, x, c) => sum + x * item[c]!, 0)).toBeCloseTo(scores[i]!, 4);
  }
});

it('knows users by their id alone where it reads no history', async () => {
  const fit = await learn({ history: 'none' });
  const known = { ...stranger(), users: Int32Array.of(2) };
  const [list] = await fit.recommend!(known, 4, {
    exclude: { offsets: new Uint32Array(2), values: new Int32Array(0) },
  });
  expect([...list!.items].every((item) => item < 6)).toBe(true);
  expect((await fit.score(stranger(1, 2), everyItem)).every(Number.isNaN)).toBe(true);
});

it('reads attributes: strangers and new items are scored by them', async () => {
  const data = conformanceData();
  const fit = await model({ ids: [], history: 'none', epochs: 5 }).fit(data, noInputs, fitOptions());
  expect(fit.capabilities).toMatchObject({ coldUsers: ['attributes'], coldItems: true });
  const query = { ...queriesOf(data, Int32Array.of(1)), users: Int32Array.of(-1) };
  const known = Int32Array.of(0, 1, 2);
  const features = (await import('recograph')).gatherFeatures(data.itemFeatures, known);
  const scores = await fit.score(query, { kind: 'shared', indices: known, features });
  const renamed = known.map((item) => item + data.items.size);
  const cold = await fit.score(query, { kind: 'shared', indices: renamed, features });
  cold.forEach((score, k) => {
    expect(score).toBeCloseTo(scores[k]!, 5);
  });
});

it.each([
  [{ ids: ['user'] }, /nothing of the item/],
  [{ ids: ['item'], history: 'none' }, /nothing of the user/],
  [{ ids: ['user'], history: 'none' }, /nothing of the item/],
])('refuses fields that leave a tower empty: %o', async (config, message) => {
  await expect(model(config).fit(tastes, noInputs, fitOptions())).rejects.toThrow(message);
});

it('refuses to pool a history of items that have no vectors by id', async () => {
  const fit = model({ ids: ['user'] }).fit(conformanceData(), noInputs, fitOptions());
  await expect(fit).rejects.toMatchObject({ code: 'CONFIG_INVALID', at: 'fields' });
});

it('deals positives into a history and targets, at least one of them', () => {
  const positives = tiny(2, 40, [[0, 5], ...Array.from({ length: 40 }, (_, i) => [1, i] as const)]).positives();
  const { history, targets, owners } = splitPositives(positives, Int32Array.of(1, 0), 0.25, createRng(1));
  expect(targets.length).toBe(owners.length);
  expect([...targets].filter((_, k) => owners[k] === 1)).toEqual([5]);
  expect([...history.offsets]).toEqual([0, history.indices.length, history.indices.length]);
  const own = [...targets].filter((_, k) => owners[k] === 0);
  expect([...own, ...history.indices].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  expect(own.length).toBeGreaterThan(3);
  expect(own.length).toBeLessThan(20);
});

it('scores the same on wasm and cpu, given equal weights', async () => {
  const fit = await learn({ hidden: [16], learningRate: 0.02 });
  const queries = queriesOf(tastes, Int32Array.of(0, 1, 2, 3));
  const state = structuredClone(fit.state());
  const ours = await fit.score(queries, everyItem);
  runtime.dispose();
  runtime = await createRuntime('cpu');
  const theirs = await (await model({}).restore(state, noInputs)).score(queries, everyItem);
  for (const [k, score] of theirs.entries()) expect(Math.abs(ours[k]! - score)).toBeLessThan(1e-4);
});
