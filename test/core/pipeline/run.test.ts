import { expect, it } from 'vitest';
import { requestsOf } from '../../../core/pipeline/index.ts';
import { ragged } from '../../support/ragged.ts';
import { brokenModel, catalogueOf, fakeModel, fakeRanker, fakeStage, itemsOf, pipelineOf, queries } from './fakes.ts';

const ascending = () => fakeModel((item) => item);
const descending = () => fakeModel((item) => -item);
const taste = { candidates: [{ model: 'taste', n: 5 }] };

it('leaves out what was seen, unless a request asks otherwise', async () => {
  const pipeline = pipelineOf(taste, { models: { taste: ascending() } });
  const batch = requestsOf(queries([0, 1], [[9, 8], []]), { n: 3 });
  expect(itemsOf((await pipeline.run(batch)).lists)).toEqual([
    [7, 6, 5],
    [9, 8, 7],
  ]);
  const seen = { ...batch, excludeSeen: Int8Array.of(0, 0) };
  expect(itemsOf((await pipeline.run(seen)).lists)[0]).toEqual([9, 8, 7]);
});

it('leaves out what the request names and what its filter does not allow', async () => {
  const pipeline = pipelineOf(taste, { models: { taste: ascending() } });
  const even = { size: 10, words: Uint32Array.of(0b0101010101) };
  const asked = { n: 2, exclude: ragged([[8], [9]]), allow: [even, undefined] };
  expect(itemsOf((await pipeline.run(requestsOf(queries([0, 1]), asked))).lists)).toEqual([
    [6, 4],
    [8, 7],
  ]);
});

it('never lists what is not available, nor NaN', async () => {
  const catalogue = { ...catalogueOf(10), available: { size: 10, words: Uint32Array.of(0b0111111111) } };
  const model = fakeModel((item) => (item === 7 ? Number.NaN : item));
  const result = await pipelineOf(taste, { models: { taste: model }, catalogue }).run(
    requestsOf(queries([0]), { n: 3 }),
  );
  expect(itemsOf(result.lists)).toEqual([[8, 6, 5]]);
});

it('hides new items from a model that cannot score them, in candidates and in histories', async () => {
  const model = ascending();
  const cold = fakeModel((item) => item, { coldItems: true });
  const catalogue = catalogueOf(10, 6);
  const batch = requestsOf(queries([0], [[2, 7]]), { n: 10, excludeSeen: false });
  const parts = { models: { taste: model, content: cold }, catalogue };
  expect(itemsOf((await pipelineOf({ candidates: [{ model: 'taste' }] }, parts).run(batch)).lists)).toEqual([
    [5, 4, 3, 2, 1, 0],
  ]);
  expect([...model.met.history]).toEqual([2]);
  expect(Math.max(...model.met.items)).toBe(5);
  expect(itemsOf((await pipelineOf({ candidates: [{ model: 'content' }] }, parts).run(batch)).lists)[0]).toHaveLength(
    10,
  );
  expect([...cold.met.history]).toEqual([2, 7]);
});

it('adds new items to the fast road of a model that can score them', async () => {
  const cold = fakeModel((item) => item % 4, { coldItems: true });
  const model = {
    ...cold,
    recommend: async () => [{ items: Int32Array.of(3, 2), scores: Float32Array.of(3, 2) }],
  };
  const result = await pipelineOf(
    { candidates: [{ model: 'content', n: 4 }] },
    {
      models: { content: model },
      catalogue: catalogueOf(8, 4),
    },
  ).run(requestsOf(queries([0]), { n: 4 }));
  expect(itemsOf(result.lists)).toEqual([[3, 7, 2, 6]]);
});

it('ranks by the ranker, then re-ranks, then cuts', async () => {
  const pipeline = pipelineOf(
    { ...taste, ranker: 'main', rerank: [{ use: 'swap' }] },
    {
      models: { taste: ascending() },
      rankers: { main: { features: ['taste.rank'], fitted: fakeRanker({ 'taste.rank': 1 }) } },
      rerank: [
        fakeStage(({ items, scores }) => ({ items: Int32Array.of(items[1]!, items[0]!, ...items.slice(2)), scores })),
      ],
    },
  );
  // candidates 9..5 have ranks 1..5; the ranker turns them round; the stage swaps the first two
  expect(itemsOf((await pipeline.run(requestsOf(queries([0]), { n: 3 }))).lists)).toEqual([[6, 5, 7]]);
});

it('names the sources of every item', async () => {
  const result = await pipelineOf(
    {
      candidates: [
        { model: 'taste', n: 2 },
        { model: 'trending', n: 1 },
      ],
      merge: 'mixed',
      fallback: ['trending'],
    },
    { models: { taste: ascending(), trending: fakeModel((item) => (item === 8 ? 1 : 0)) } },
  ).run(requestsOf(queries([0]), { n: 3 }));
  expect(itemsOf(result.lists)).toEqual([[9, 8, 0]]);
  expect(result.sourceNames).toEqual(['taste', 'trending', 'trending']);
  expect([...result.sources[0]!]).toEqual([0b001, 0b011, 0b100]);
});

it('records a source that throws and goes on with the others', async () => {
  const pipeline = pipelineOf(
    { candidates: [{ model: 'broken' }, { model: 'taste', n: 2 }] },
    { models: { broken: brokenModel(), taste: ascending() } },
  );
  const batch = requestsOf(queries([0]), { n: 2 });
  const result = await pipeline.run(batch);
  expect(itemsOf(result.lists)).toEqual([[9, 8]]);
  expect(result.failures).toEqual([[{ stage: 'candidates.broken', code: 'INTERNAL', message: 'out of order' }]]);
  await expect(pipeline.run(batch, { strict: true })).rejects.toThrow('out of order');
});

it('keeps the merged order when the ranker or a stage fails', async () => {
  const failing = {
    run: () => {
      throw new Error('no');
    },
  };
  const result = await pipelineOf(
    { ...taste, filters: [{ use: 'f' }], ranker: 'main', rerank: [{ use: 'r' }] },
    {
      models: { taste: ascending(), broken: brokenModel() },
      rankers: {
        main: {
          features: ['taste.score', 'broken.score'],
          fitted: { ...fakeRanker({}), score: async () => new Float32Array(1) },
        },
      },
      filters: [failing],
      rerank: [failing],
    },
  ).run(requestsOf(queries([0]), { n: 2 }));
  expect(itemsOf(result.lists)).toEqual([[9, 8]]);
  expect(result.failures[0]!.map(({ stage }) => stage)).toEqual([
    'filters[0].f',
    'features.broken.score',
    'ranker.main',
    'rerank[0].r',
  ]);
  expect(result.servedBy).toEqual(['PIPELINE']);
});

it('answers from the fallback, and says so, when nothing else is left', async () => {
  const result = await pipelineOf(
    { candidates: [{ model: 'broken' }], fallback: ['broken', 'trending'] },
    { models: { broken: brokenModel(), trending: descending() } },
  ).run(requestsOf(queries([0], [[1]]), { n: 3 }));
  expect(itemsOf(result.lists)).toEqual([[0, 2, 3]]);
  expect([...result.lists[0]!.scores]).toEqual([-0, -2, -3]);
  expect(result.servedBy).toEqual(['FALLBACK']);
  expect(result.failures[0]!.map(({ stage }) => stage)).toEqual(['candidates.broken', 'fallback.broken']);
});

it('fills a short list from the fallback under the same filters, without repeating an item', async () => {
  const odd = fakeStage(({ items, scores }) => {
    const places = [...items.keys()].filter((k) => items[k]! % 2 === 1);
    return { items: Int32Array.from(places, (k) => items[k]!), scores: Float32Array.from(places, (k) => scores[k]!) };
  });
  const result = await pipelineOf(
    { candidates: [{ model: 'taste', n: 2 }], filters: [{ use: 'odd' }], fallback: ['trending'] },
    { models: { taste: ascending(), trending: descending() }, filters: [odd] },
  ).run(requestsOf(queries([0]), { n: 4 }));
  expect(itemsOf(result.lists)).toEqual([[9, 1, 3, 5]]);
  const { scores } = result.lists[0]!;
  for (let k = 1; k < scores.length; k++) expect(scores[k]).toBeLessThan(scores[k - 1]!);
  expect(result.servedBy).toEqual(['PIPELINE']);
});

it('skips stages after the deadline of the request they are late for, and of no other', async () => {
  let now = 0;
  const slow = fakeModel((item) => {
    now = 60;
    return item;
  });
  const result = await pipelineOf(
    { candidates: [{ model: 'slow', n: 3 }], ranker: 'main' },
    {
      models: { slow },
      rankers: { main: { features: ['slow.rank'], fitted: fakeRanker({ 'slow.rank': 1 }) } },
      clock: { now: () => now },
    },
  ).run({ ...requestsOf(queries([0, 1]), { n: 2 }), deadline: Float64Array.of(50, 100) });
  expect(itemsOf(result.lists)).toEqual([
    [9, 8],
    [7, 8],
  ]);
  expect(result.failures.map((list) => list.map(({ stage, code }) => [stage, code]))).toEqual([
    [['ranker.main', 'DEADLINE_EXCEEDED']],
    [],
  ]);
});

it('tells fold-in from fallback for users outside the vocabulary', async () => {
  const models = { taste: fakeModel((item) => item, { coldUsers: ['history'] }), trending: descending() };
  const batch = requestsOf(queries([-1, -1, 0], [[3], [], []]), { n: 2 });
  const run = async (model: string) => (await pipelineOf({ candidates: [{ model }] }, { models }).run(batch)).servedBy;
  expect(await run('taste')).toEqual(['FOLD_IN', 'FALLBACK', 'PIPELINE']);
  expect(await run('trending')).toEqual(['FALLBACK', 'FALLBACK', 'PIPELINE']);
});

it('a pipeline can be a source of another, its fallback left out', async () => {
  const models = {
    taste: fakeModel((item) => item, { coldUsers: ['history'] }),
    broken: brokenModel(),
    trending: descending(),
  };
  const inner = pipelineOf(
    { candidates: [{ model: 'taste', n: 3 }, { model: 'broken' }], fallback: ['trending'] },
    { models },
    'inner',
  );
  const result = await pipelineOf({ candidates: [{ pipeline: 'inner', n: 5 }] }, { models, pipelines: { inner } }).run(
    requestsOf(queries([-1], [[9]]), { n: 5 }),
  );
  expect(itemsOf(result.lists)).toEqual([[8, 7, 6]]);
  expect(result.servedBy).toEqual(['FOLD_IN']);
  expect(result.failures[0]!.map(({ stage }) => stage)).toEqual(['candidates.inner/candidates.broken']);
});

it('takes an empty batch and n = 0', async () => {
  const pipeline = pipelineOf(taste, { models: { taste: ascending() } });
  expect((await pipeline.run(requestsOf(queries([]), { n: 3 }))).lists).toEqual([]);
  const none = await pipeline.run(requestsOf(queries([0]), { n: 0 }));
  expect(itemsOf(none.lists)).toEqual([[]]);
  expect(none.servedBy).toEqual(['PIPELINE']);
});
