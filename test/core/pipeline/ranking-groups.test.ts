import type { FeatureRows, FittedExtractor, RankingGroups } from 'recograph';
import { expect, it } from 'vitest';
import { createCatalogue, requestsOf } from '../../../core/pipeline/index.ts';
import { ragged } from '../../support/ragged.ts';
import { fakeModel, fakeRanker, itemsOf, pipelineOf, queries } from './fakes.ts';

const features: FeatureRows = {
  rows: 10,
  columns: {
    price: {
      kind: 'dense',
      width: 1,
      values: Float32Array.from({ length: 10 }, (_, i) => (i === 9 ? Number.NaN : i / 2)),
    },
    genre: { kind: 'categorical', size: 4, codes: Int32Array.from({ length: 10 }, (_, i) => i % 4) },
    tags: {
      kind: 'bag',
      size: 1000,
      offsets: Uint32Array.from({ length: 11 }, (_, i) => Math.max(0, i - 8)),
      codes: Int32Array.of(777, 1),
    },
  },
};
const user: FeatureRows = { rows: 2, columns: { age: { kind: 'dense', width: 1, values: Float32Array.of(30, 40) } } };
const catalogue = createCatalogue({
  vocabularySize: 8,
  id: String,
  features,
  vectors: { text: { rows: 10, columns: 2, data: Float32Array.from({ length: 20 }, (_, k) => k) } },
});
const state = () => ({ json: {}, tensors: {} });
const text: FittedExtractor = {
  subject: 'item',
  width: 2,
  extract: () => Promise.reject(new Error('is cached')),
  state,
};
const mood: FittedExtractor = {
  subject: 'user',
  width: 1,
  extract: async ({ users }) => ({ rows: users.length, columns: 1, data: Float32Array.from(users, (u) => u * 100) }),
  state,
};
const references = ['taste.score', 'taste.rank', 'text', 'mood', 'item.price', 'item.genre', 'item.tags', 'user.age'];
const models = {
  taste: fakeModel((item) => (item === 6 ? Number.NaN : item)),
  cold: fakeModel((item) => item, { coldItems: true }),
};
const config = {
  candidates: [
    { model: 'taste', n: 3 },
    { model: 'cold', n: 3 },
  ],
  ranker: 'main',
};
const pipelineWith = (score?: (groups: RankingGroups) => Promise<Float32Array>, refs = references) =>
  pipelineOf(config, {
    models,
    catalogue,
    features: { text, mood },
    layout: { user: { ...user, rows: 0 }, context: { rows: 0, columns: {} } },
    rankers: { main: { features: refs, ...(score ? { fitted: { ...fakeRanker({}), score } } : {}) } },
  });
const batch = () => queries([0, 1], [[7], []], { userFeatures: user });

/** Column by name of one row. */
const cell = ({ features: matrix, columns }: RankingGroups, row: number, name: string): number => {
  expect(columns).toContain(name);
  return matrix.data[row * matrix.columns + columns.indexOf(name)]!;
};

it('makes a column of every kind of reference', async () => {
  const { groups, items, queries: of } = await pipelineWith().rankingGroups(batch(), ragged([[5], [9]]));
  // sources: taste 5, 4, 3 (6 is NaN, 7 seen) and cold 9, 8, 6; the second user: taste 7, 5, 4 and cold 9, 8, 7
  expect([...of]).toEqual([0, 1]);
  expect([...items.subarray(0, groups.offsets[1])].sort()).toEqual([3, 4, 5, 6, 8, 9]);
  const row = (item: number, q: number) => items.indexOf(item, groups.offsets[q]);
  const [nine, four] = [row(9, 0), row(4, 0)];
  expect(cell(groups, four, 'taste.score')).toBe(4);
  expect([3, 4, 5].map((item) => cell(groups, row(item, 0), 'taste.rank'))).toEqual([2, Math.fround(Math.log2(3)), 1]);
  expect(cell(groups, nine, 'taste.score')).toBeNaN();
  expect(cell(groups, row(6, 0), 'taste.rank')).toBeNaN();
  expect([cell(groups, nine, 'text[0]'), cell(groups, nine, 'text[1]')]).toEqual([18, 19]);
  expect([cell(groups, nine, 'mood[0]'), cell(groups, row(9, 1), 'mood[0]')]).toEqual([0, 100]);
  expect([cell(groups, nine, 'item.price'), cell(groups, four, 'item.price')]).toEqual([Number.NaN, 2]);
  expect([0, 1, 2, 3].map((code) => cell(groups, nine, `item.genre[${code}]`))).toEqual([0, 1, 0, 0]);
  expect([cell(groups, nine, 'item.tags[1]'), cell(groups, four, 'item.tags[0]')]).toEqual([1, 1]);
  expect(groups.columns.filter((name) => name.startsWith('item.tags'))).toHaveLength(64);
  expect([cell(groups, nine, 'user.age'), cell(groups, row(9, 1), 'user.age')]).toEqual([30, 40]);
  expect(groups.labels[row(5, 0)]).toBe(1);
  expect(groups.labels.reduce((a, b) => a + b)).toBe(2);
});

it('training groups are, number for number, what serving gives the ranker', async () => {
  let served: RankingGroups | undefined;
  const serving = pipelineWith(async (groups) => {
    served = groups;
    return new Float32Array(groups.features.rows);
  });
  await serving.run(requestsOf(batch(), { n: 3 }));
  const { groups } = await pipelineWith().rankingGroups(batch(), ragged([[5], [9]]));
  expect(groups.columns).toEqual(served!.columns);
  expect(groups.offsets).toEqual(served!.offsets);
  expect(groups.features).toEqual(served!.features);
});

it('leaves out queries without a labelled candidate, and draws negatives by the query’s seed', async () => {
  const pipeline = pipelineWith();
  const labels = { ...ragged([[5, 2], [0]]), grades: Float32Array.of(2, 1, 1) };
  const all = await pipeline.rankingGroups(batch(), labels);
  expect([...all.queries]).toEqual([0]);
  expect(all.groups.labels[all.items.indexOf(5)]).toBe(2);
  const few = await pipeline.rankingGroups(batch(), labels, { negatives: 2 });
  expect(few.items.length).toBe(3);
  expect([...few.items]).toContain(5);
  expect(await pipeline.rankingGroups(batch(), labels, { negatives: 2 })).toEqual(few);
  few.items.forEach((item, row) => {
    expect(cell(few.groups, row, 'taste.rank')).toEqual(cell(all.groups, all.items.indexOf(item), 'taste.rank'));
  });
  expect([...(await pipeline.rankingGroups(batch(), labels, { keepUnlabelled: true })).queries]).toEqual([0, 1]);
});

it('throws what a component throws: nothing is trained on half of the features', async () => {
  const broken = { ...models.taste, score: () => Promise.reject(new Error('out of order')) };
  const pipeline = pipelineOf(config, {
    models: { ...models, taste: broken },
    catalogue,
    rankers: { main: { features: ['taste.score'] } },
  });
  await expect(pipeline.rankingGroups(batch(), ragged([[5], []]))).rejects.toThrow('out of order');
});

it('keeps the merged order while the ranker is not fitted', async () => {
  const result = await pipelineWith().run(requestsOf(queries([0]), { n: 2 }));
  expect(result.failures).toEqual([[]]);
  expect(itemsOf(result.lists)[0]).toHaveLength(2);
});

it('names the fields there are when a reference is wrong', () => {
  expect(() => pipelineWith(undefined, ['item.cost'])).toThrow(/item.cost.*price, genre, tags/);
  expect(() => pipelineWith(undefined, ['tste.score'])).toThrow(/"tste.score" is no feature column/);
  expect(() => pipelineWith(undefined, ['context.hour'])).toThrow(/Known fields: none/);
});
