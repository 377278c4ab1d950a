import fc from 'fast-check';
import { topK } from 'recograph/math';
import { describe, expect, it } from 'vitest';
import { evaluate, type Target } from '../../../core/evaluation/index.ts';
import { createPipeline } from '../../../core/pipeline/index.ts';
import { pipelineSchema } from '../../../core/registry/sections/index.ts';
import { recommenderOf } from '../../../core/training/evaluate-run.ts';
import { catalogueOf, fakeRanker, silent } from '../pipeline/fakes.ts';
import { type Event, modelOf, options, parts, protocol } from './support.ts';

const USERS = 4;
const ITEMS = 40;
const K = 5;

/** Every metric by its definition, in double precision, from sorted lists of objects. */
const naive = (events: { train: Event[]; test: Event[] }, scores: number[][]): Record<string, number | null> => {
  const sums = { hr: 0, recall: 0, precision: 0, f1: 0, mrr: 0, map: 0, ndcg: 0 };
  let users = 0;
  for (let user = 0; user < USERS; user++) {
    const of = (list: Event[]) => new Set(list.filter(([u]) => u === user).map(([, item]) => item));
    const seen = of(events.train);
    const relevant = new Set([...of(events.test)].filter((item) => !seen.has(item)));
    if (relevant.size === 0) continue;
    users++;
    const ranks: number[] = [];
    for (const positive of relevant) {
      const own = scores[user]![positive]!;
      if (Number.isNaN(own)) continue;
      let rank = 1;
      for (let item = 0; item < ITEMS; item++) {
        const other = scores[user]![item]!;
        if (item === positive || seen.has(item)) continue;
        if (relevant.has(item) ? other > own || (other === own && item < positive) : other >= own) rank++;
      }
      if (rank <= K) ranks.push(rank);
    }
    ranks.sort((a, b) => a - b);
    const precision = ranks.length / K;
    const recall = ranks.length / relevant.size;
    const best = Math.min(K, relevant.size);
    let ideal = 0;
    for (let p = 1; p <= best; p++) ideal += 1 / Math.log2(p + 1);
    sums.hr += ranks.length > 0 ? 1 : 0;
    sums.recall += recall;
    sums.precision += precision;
    sums.f1 += ranks.length > 0 ? (2 * precision * recall) / (precision + recall) : 0;
    sums.mrr += ranks.length > 0 ? 1 / ranks[0]! : 0;
    sums.map += ranks.reduce((sum, rank, found) => sum + (found + 1) / rank, 0) / best;
    sums.ndcg += ranks.reduce((sum, rank) => sum + 1 / Math.log2(rank + 1), 0) / ideal;
  }
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [`${name}@${K}`, users ? sum / users : null]));
};

const event = fc.tuple(fc.nat(USERS - 1), fc.nat(ITEMS - 1)).map((pair): Event => pair);
/** Few distinct scores, so that ties are everywhere, and some that cannot be scored. */
const grid = fc.array(
  fc.array(
    fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: -2, max: 4 }) },
      { weight: 1, arbitrary: fc.constant(Number.NaN) },
    ),
    {
      minLength: ITEMS,
      maxLength: ITEMS,
    },
  ),
  { minLength: USERS, maxLength: USERS },
);
const scenario = fc.record({ train: fc.array(event, { maxLength: 60 }), test: fc.array(event, { maxLength: 30 }) });

const asRecommend =
  (scores: number[][]) =>
  async (
    queries: { users: Int32Array },
    n: number,
    limits: { exclude: { offsets: Uint32Array; values: Int32Array } },
  ) =>
    Array.from(queries.users, (user, q) => {
      const { offsets, values } = limits.exclude;
      const excluded = new Set(values.subarray(offsets[q]!, offsets[q + 1]!));
      return topK(
        Float32Array.from(scores[user]!, (score, item) => (excluded.has(item) ? Number.NaN : score)),
        n,
      );
    });

const matchesNaive = async (target: (scores: number[][]) => Target): Promise<void> =>
  fc.assert(
    fc.asyncProperty(scenario, grid, async (events, scores) => {
      const wanted = naive(events, scores);
      const asked = protocol(Object.keys(wanted));
      const { report } = await evaluate([target(scores)], parts(USERS, ITEMS, events), asked, options);
      for (const [name, value] of Object.entries(wanted)) {
        const got = report.results[0]!.metrics[name];
        if (value === null) expect(got).toBeNull();
        else expect(got).toBeCloseTo(value, 10);
      }
    }),
    { numRuns: 40 },
  );

describe('ranking against an independent implementation', () => {
  it('agrees for scores of all items', () =>
    matchesNaive((scores) => ({ name: 'models.m', model: modelOf((user, item) => scores[user]![item]!) })));

  it('agrees for a model with a faster road, also where ties cross the end of its lists', () =>
    matchesNaive((scores) => ({
      name: 'models.m',
      model: modelOf((user, item) => scores[user]![item]!, { recommend: asRecommend(scores) }),
    })));

  const funnels = [
    ...(['reciprocal-rank', 'weighted', 'mixed', 'switching'] as const).map((merge) => ({ merge })),
    { ranker: 'same' },
    { rerank: [{ use: 'same' }] },
    { candidates: [{ pipeline: 'inner', n: K }] },
  ];
  it.each(funnels)('agrees for a pipeline of one source, with ties everywhere: %o', (funnel) =>
    matchesNaive((scores) => {
      const model = modelOf((user, item) => scores[user]![item]!);
      const made = (config: object, pipelines = {}) =>
        createPipeline('home', pipelineSchema.parse({ candidates: [{ model: 'm', n: K }], ...config }), {
          ...{ models: { m: model }, features: {}, sources: {}, filters: [], pipelines },
          rankers: { same: { features: ['m.score'], fitted: fakeRanker({ 'm.score': 1 }) } },
          rerank: 'rerank' in config ? [{ run: (lists) => lists }] : [],
          ...{ catalogue: catalogueOf(ITEMS), clock: { now: () => 0 }, log: silent },
        });
      return { name: 'pipelines.p', pipeline: recommenderOf(made(funnel, { inner: made({}) })) };
    }),
  );

  it('agrees for a pipeline whose scores have no ties', () => {
    const distinct = (scores: number[][]) => scores.map((row) => row.map((score, item) => score + item / 100));
    return fc.assert(
      fc.asyncProperty(scenario, grid, async (events, scores) => {
        const wanted = naive(events, distinct(scores));
        const target = { name: 'pipelines.p', pipeline: { recommend: asRecommend(distinct(scores)) } };
        const given = parts(USERS, ITEMS, events);
        const { report } = await evaluate([target], given, protocol(Object.keys(wanted)), options);
        for (const [name, value] of Object.entries(wanted)) {
          expect(report.results[0]!.metrics[name] ?? -1).toBeCloseTo(value ?? -1, 10);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('lists of a pipeline', () => {
  const given = parts(1, 6, {
    train: [[0, 0]],
    test: [
      [0, 1],
      [0, 2],
    ],
  });
  const ask = async (items: number[], scores: number[]) => {
    const pipeline = { recommend: async () => [{ items: Int32Array.from(items), scores: Float32Array.from(scores) }] };
    const { report } = await evaluate(
      [{ name: 'pipelines.p', pipeline }],
      given,
      protocol(['mrr@4', 'recall@4']),
      options,
    );
    return report.results[0]!.metrics;
  };

  it('count in their order, at equal scores against the pipeline', async () => {
    expect(await ask([3, 1, 4, 5], [1, 2, 0, 0])).toEqual({ 'mrr@4': 1 / 2, 'recall@4': 1 / 2 });
    expect(await ask([1, 3, 4, 5], [2, 2, 2, 0])).toEqual({ 'mrr@4': 1 / 3, 'recall@4': 1 / 2 });
  });

  it('count no masked item and no item twice', async () => {
    expect(await ask([0, 1, 1, 3], [4, 3, 2, 1])).toEqual({ 'mrr@4': 1, 'recall@4': 1 / 2 });
  });

  it('are refused when they name items that do not exist', async () => {
    await expect(ask([6], [1])).rejects.toMatchObject({ code: 'INTERNAL', at: 'pipelines.p' });
  });

  it('are asked for within the candidates alone', async () => {
    let excluded: number[] = [];
    const pipeline = {
      recommend: async (_: unknown, __: number, limits: { exclude: { values: Int32Array } }) => {
        excluded = [...limits.exclude.values];
        return [{ items: Int32Array.of(4, 1, 2), scores: Float32Array.of(3, 2, 1) }];
      },
    };
    const candidates = {
      use: 'given',
      given: { byUser: new Map([[0, Int32Array.of(4)]]), unknownUsers: 0, unknownItems: 0 },
    } as const;
    const asked = protocol(['mrr@3'], { candidates });
    const { report } = await evaluate([{ name: 'pipelines.p', pipeline }], given, asked, options);
    expect(excluded).toEqual([0, 3, 5]);
    expect(report.results[0]!.metrics).toEqual({ 'mrr@3': 1 / 2 });
  });
});
