import fc from 'fast-check';
import type { FittedModel } from 'recograph';
import { topK } from 'recograph/math';
import { expect, it } from 'vitest';
import type { PipelineResult, RequestBatch } from '../../../core/pipeline/index.ts';
import { createCatalogue, requestsOf, selectRequests } from '../../../core/pipeline/index.ts';
import { createEpsilonGreedy } from '../../../plugins/epsilon-greedy/epsilon-greedy.ts';
import { createMmr } from '../../../plugins/mmr/mmr.ts';
import { ragged } from '../../support/ragged.ts';
import { fakeModel, fakeRanker, fakeStage, pipelineOf, queries } from './fakes.ts';

const ITEMS = 24;
const VOCABULARY = 20;

/** A number in 0..1 that depends on everything given. */
const scatter = (...numbers: number[]): number => {
  let hash = 17;
  for (const number of numbers) hash = Math.imul(hash ^ (number + 0x9e37), 0x85ebca6b) ^ (hash >>> 13);
  return (hash >>> 0) / 2 ** 32;
};
const historyOf = (batch: { histories: { offsets: Uint32Array; items: Int32Array } }, q: number): number[] => [
  ...batch.histories.items.subarray(batch.histories.offsets[q]!, batch.histories.offsets[q + 1]!),
];

const taste = fakeModel((item, batch, q) => scatter(1, item, batch.users[q]!, ...historyOf(batch, q)));
/** With a fast road of its own, which forgets about limits. */
const trending: FittedModel = {
  ...fakeModel((item) => scatter(2, item)),
  recommend: async (batch) =>
    Array.from({ length: batch.size }, () =>
      topK(
        Float32Array.from({ length: VOCABULARY }, (_, i) => scatter(2, i)),
        20,
      ),
    ),
};
const content = fakeModel(
  (item, batch, q) => (item % 7 === 3 ? Number.NaN : scatter(3, item, ...historyOf(batch, q))),
  {
    coldItems: true,
    coldUsers: ['history'],
  },
);
const vectors = {
  rows: ITEMS,
  columns: 3,
  data: Float32Array.from({ length: ITEMS * 3 }, (_, k) => scatter(4, k) - 0.3),
};
const catalogue = createCatalogue({
  vocabularySize: VOCABULARY,
  id: (item) => `i${item}`,
  features: { rows: ITEMS, columns: {} },
  vectors: { text: vectors },
  available: { size: ITEMS, words: Uint32Array.of(~(1 << 5) >>> 0) },
});
const parts = {
  models: { taste, trending, content },
  catalogue,
  rankers: {
    main: {
      features: ['taste.score', 'content.rank'],
      fitted: fakeRanker({ 'taste.score': 1, 'content.rank': -0.05 }),
    },
  },
};
const inner = pipelineOf({ candidates: [{ model: 'content', n: 6 }], ranker: 'main' }, parts, 'inner');
const notMultipleOfFive = fakeStage(({ items, scores }) => {
  const places = [...items.keys()].filter((k) => items[k]! % 5 !== 0);
  return { items: Int32Array.from(places, (k) => items[k]!), scores: Float32Array.from(places, (k) => scores[k]!) };
});
const funnels = (['weighted', 'reciprocal-rank', 'mixed', 'switching'] as const).map((merge) =>
  pipelineOf(
    {
      candidates: [
        { model: 'taste', n: 7, weight: 2 },
        { model: 'trending', n: 5 },
        { pipeline: 'inner', n: 5 },
      ],
      merge,
      filters: [{ use: 'five' }],
      ranker: 'main',
      rerank: [{ use: 'mmr' }, { use: 'epsilon-greedy' }],
      fallback: ['trending', 'content'],
    },
    {
      ...parts,
      pipelines: { inner },
      filters: [notMultipleOfFive],
      rerank: [
        createMmr({ vectors: 'text', lambda: 0.6, depth: 10 }),
        createEpsilonGreedy({ epsilon: 0.3, explore: 'least-shown', state: 'bandit' }),
      ],
    },
  ),
);

const filters = [
  undefined,
  { size: ITEMS, words: Uint32Array.of(0x00aaaaaa) },
  { size: ITEMS, words: Uint32Array.of(0) },
];
const request = fc.record({
  user: fc.integer({ min: -1, max: 9 }),
  history: fc.array(fc.nat(ITEMS - 1), { maxLength: 6 }),
  n: fc.nat(12),
  exclude: fc.array(fc.integer({ min: -1, max: ITEMS + 3 }), { maxLength: 4 }),
  seen: fc.integer({ min: -1, max: 1 }),
  filter: fc.nat(filters.length - 1),
  diversity: fc.constantFrom(Number.NaN, 0, 0.5, 1),
  late: fc.boolean(),
});
const batchOf = (asked: readonly (typeof request extends fc.Arbitrary<infer R> ? R : never)[]): RequestBatch => ({
  ...requestsOf(
    queries(
      asked.map(({ user }) => user),
      asked.map(({ history }) => history),
    ),
    { n: 0, exclude: ragged(asked.map(({ exclude }) => exclude)), allow: asked.map(({ filter }) => filters[filter]) },
  ),
  n: Uint32Array.from(asked, ({ n }) => n),
  excludeSeen: Int8Array.from(asked, ({ seen }) => seen),
  diversity: Float32Array.from(asked, ({ diversity }) => diversity),
  deadline: Float64Array.from(asked, ({ late }) => (late ? 500 : 2000)),
});
const answer = (result: PipelineResult, q: number) => ({
  items: [...result.lists[q]!.items],
  scores: [...result.lists[q]!.scores],
  sources: [...result.sources[q]!],
  servedBy: result.servedBy[q],
  failures: result.failures[q],
});
const order = (size: number): Int32Array => Int32Array.from({ length: size }, (_, k) => size - 1 - k);

it('answers a request alike alone, among others and in any order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 7 }), fc.nat(3), async (asked, which) => {
      const batch = batchOf(asked);
      const together = await funnels[which]!.run(batch);
      const turned = await funnels[which]!.run(selectRequests(batch, order(asked.length)));
      for (let q = 0; q < asked.length; q++) {
        const single = await funnels[which]!.run(selectRequests(batch, Int32Array.of(q)));
        expect(answer(together, q)).toEqual(answer(single, 0));
        expect(answer(turned, asked.length - 1 - q)).toEqual(answer(single, 0));
      }
    }),
    { numRuns: 80 },
  );
});

it('lists at most n items, none twice, none seen, excluded, filtered out or unavailable, scores never rising', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 5 }), fc.nat(3), async (asked, which) => {
      const result = await funnels[which]!.run(batchOf(asked));
      asked.forEach(({ n, exclude, history, seen, filter }, q) => {
        const { items, scores } = result.lists[q]!;
        expect(items.length).toBeLessThanOrEqual(n);
        expect(new Set(items).size).toBe(items.length);
        for (const item of items) {
          expect(item).toBeLessThan(ITEMS);
          expect(item).not.toBe(5);
          expect(item % 5).not.toBe(0);
          expect(exclude).not.toContain(item);
          if (seen !== 0) expect(history).not.toContain(item);
          if (filters[filter]) expect((filters[filter].words[0]! >>> item) & 1).toBe(1);
        }
        for (let k = 0; k < scores.length; k++) {
          expect(Number.isFinite(scores[k])).toBe(true);
          if (k > 0) expect(scores[k]).toBeLessThanOrEqual(scores[k - 1]!);
        }
      });
    }),
    { numRuns: 80 },
  );
});
