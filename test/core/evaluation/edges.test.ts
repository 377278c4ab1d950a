import { describe, expect, it } from 'vitest';
import { evaluate, type Protocol, parseMetrics } from '../../../core/evaluation/index.ts';
import { createPipeline } from '../../../core/pipeline/index.ts';
import { pipelineSchema } from '../../../core/registry/sections/index.ts';
import { recommenderOf } from '../../../core/training/evaluate-run.ts';
import { catalogueOf, silent } from '../pipeline/fakes.ts';
import { type Event, modelOf, options, parts, protocol } from './support.ts';

const OVER_LISTS = ['recall', 'precision', 'f1', 'hr', 'mrr', 'map', 'ndcg', 'novelty', 'diversity', 'serendipity'];
const at = (k: number) => [...OVER_LISTS, 'coverage', 'gini'].map((name) => `${name}@${k}`);

const resultOf = async (
  given: Parameters<typeof parts>,
  metrics: Protocol['metrics'],
  score: (user: number, item: number) => number,
) => {
  const model = modelOf(score, { calibrated: 'value' });
  return (await evaluate([{ name: 'models.m', model }], parts(...given), protocol(metrics), options)).report
    .results[0]!;
};

/** [user, item, weight, time, value] of user 0. */
const rated = (values: readonly number[]): Event[] => values.map((value, item) => [0, item, 1, Number.NaN, value]);

describe('metrics over lists at their edges', () => {
  it('one item, which is relevant, and a cut beyond the catalogue', async () => {
    const { metrics, why } = await resultOf([1, 1, { test: [[0, 0]] }], at(10), () => 1);
    expect(metrics).toEqual({
      'recall@10': 1,
      'precision@10': 1 / 10,
      'f1@10': 2 / 11,
      'hr@10': 1,
      'mrr@10': 1,
      'map@10': 1,
      'ndcg@10': 1,
      // one user, an item without users counts as one of one: log2(1 / 1)
      'novelty@10': 0,
      'diversity@10': null,
      // the only item is among the ten most popular
      'serendipity@10': 0,
      'coverage@10': 1,
      // n = 1: (2 - 1 - 1) x / x
      'gini@10': 0,
    });
    expect(Object.keys(why!)).toEqual(['diversity@10']);
  });

  it('all items relevant', async () => {
    const test: Event[] = [
      [0, 0],
      [0, 1],
      [0, 2],
    ];
    const { metrics } = await resultOf([1, 3, { test }], [...at(2), ...at(10)], (_, item) => -item);
    expect(metrics).toMatchObject({
      ...{ 'recall@2': 2 / 3, 'precision@2': 1, 'f1@2': 4 / 5, 'hr@2': 1, 'mrr@2': 1, 'map@2': 1, 'ndcg@2': 1 },
      ...{ 'recall@10': 1, 'precision@10': 3 / 10, 'f1@10': 6 / 13, 'hr@10': 1, 'mrr@10': 1, 'map@10': 1 },
      ...{ 'ndcg@10': 1, 'coverage@2': 2 / 3, 'coverage@10': 1, 'gini@10': 0, 'diversity@10': 1 },
    });
    // exposure 1, 1, 0 of three items: (0 * 1 + 2 * 1) / (3 * 2)
    expect(metrics['gini@2']).toBeCloseTo(1 / 3, 12);
  });

  it('empty lists: nothing is found, and what has nothing to measure says so', async () => {
    const { metrics, why } = await resultOf([1, 3, { test: [[0, 0]] }], at(2), () => Number.NaN);
    for (const name of ['recall', 'precision', 'f1', 'hr', 'mrr', 'map', 'ndcg', 'serendipity', 'coverage']) {
      expect([name, metrics[`${name}@2`]]).toEqual([name, 0]);
    }
    expect(Object.keys(why!).sort()).toEqual(['diversity@2', 'gini@2', 'novelty@2']);
  });

  it('nobody to ask: every figure is null, each with its reason', async () => {
    const { metrics, why } = await resultOf([1, 3, { test: [[0, 0, 0]] }], at(2), () => 1);
    expect(new Set(Object.values(metrics))).toEqual(new Set([null]));
    expect(new Set(Object.values(why!))).toEqual(new Set(['no user has a held-out positive']));
    expect(Object.keys(why!)).toHaveLength(at(2).length);
  });
});

describe('metrics over rows at their edges', () => {
  const all = ['rmse', 'mae', 'auc'];
  it('no row that can be scored', async () => {
    const { metrics, why } = await resultOf([1, 2, { test: rated([4, 2]) }], all, () => Number.NaN);
    expect(metrics).toEqual({ rmse: null, mae: null, auc: null });
    expect(new Set(Object.values(why!))).toEqual(new Set(['the model could score none of the 2 test rows']));
  });

  it('one row', async () => {
    const { metrics, why } = await resultOf([1, 1, { test: rated([4]) }], all, () => 1);
    expect(metrics).toEqual({ rmse: 3, mae: 3, auc: null });
    expect(why).toEqual({ auc: 'all 1 scored test rows are positives' });
  });

  it('no row with a value', async () => {
    const test: Event[] = [
      [0, 0, 1],
      [0, 1, 0],
    ];
    const { metrics, why } = await resultOf([1, 2, { test }], all, (_, item) => -item);
    expect(metrics).toEqual({ rmse: null, mae: null, auc: 1 });
    expect(why).toEqual({ rmse: 'no scored test row has a value', mae: 'no scored test row has a value' });
  });
});

describe("a plugin's metric that gives no figure", () => {
  const metrics = {
    nothing: { over: 'list', prepare: () => () => undefined as never },
    infinite: { over: 'lists', prepare: () => () => Number.POSITIVE_INFINITY },
    absent: { over: 'rows', prepare: () => () => undefined as never },
  } as const;

  it('is null, with its reason', async () => {
    const model = modelOf(() => 1);
    const given = parts(1, 2, { test: rated([4]) });
    const asked = protocol(['nothing@2', 'infinite@2', 'absent']);
    const [result] = (await evaluate([{ name: 'models.m', model }], given, asked, { ...options, metrics })).report
      .results;
    expect(result!.metrics).toEqual({ 'nothing@2': null, 'infinite@2': null, absent: null });
    expect(result!.why).toMatchObject({
      'nothing@2': expect.stringContaining('gave no number for any of the 1 users'),
      'infinite@2': 'the metric gave Infinity, which is no figure',
      absent: expect.any(String),
    });
  });

  it('is asked for by a name near another, which is named', () => {
    expect(() => parseMetrics(['infnite@2'], metrics)).toThrow(/Did you mean "infinite"\?/);
  });
});

describe('graded NDCG', () => {
  const graded = (gains: 'linear' | 'exponential', k: number) => ({ use: 'ndcg', k, config: { gains }, name: gains });

  it('is the published one: 6.861 / 8.740 of grades 3, 2, 3, 0, 1, 2 before 3, 2', async () => {
    // https://en.wikipedia.org/wiki/Discounted_cumulative_gain#Example
    const { metrics } = await resultOf(
      [1, 8, { test: rated([3, 2, 3, 0, 1, 2, 3, 2]) }],
      [graded('linear', 6)],
      (_, item) => -item,
    );
    expect(metrics.linear).toBeCloseTo(0.785, 3);
    expect(metrics.linear).toBeCloseTo(6.861 / 8.74, 4);
  });

  const worst = (gain: (value: number) => number) => {
    const [one, two, five] = [1, 2, 5].map(gain) as [number, number, number];
    return (one / Math.log2(3) + two / Math.log2(4) + five / Math.log2(5)) / (five + two / Math.log2(3) + one / 2);
  };
  it('counts ties against: of equal scores the most valuable stand last, in whatever order their items come', async () => {
    // one item that is not relevant stands before all
    for (const values of [
      [5, 1, 2],
      [1, 2, 5],
      [2, 5, 1],
    ]) {
      const { metrics } = await resultOf(
        [1, 4, { test: rated(values) }],
        [graded('linear', 4), graded('exponential', 4)],
        () => 1,
      );
      expect(metrics.linear).toBeCloseTo(
        worst((value) => value),
        12,
      );
      expect(metrics.exponential).toBeCloseTo(
        worst((value) => 2 ** value - 1),
        12,
      );
    }
  });

  it('counts them against a pipeline alike, at every cut', async () => {
    const pipeline = (n: number) =>
      createPipeline('home', pipelineSchema.parse({ candidates: [{ model: 'm', n }] }), {
        ...{ models: { m: modelOf(() => 1) }, features: {}, rankers: {}, pipelines: {}, sources: {}, filters: [] },
        ...{ rerank: [], catalogue: catalogueOf(4), clock: { now: () => 0 }, log: silent },
      });
    const given = parts(1, 4, { test: rated([5, 1, 2]) });
    const asked = protocol([graded('linear', 3), { use: 'ndcg', k: 2, config: { gains: 'linear' }, name: 'two' }]);
    for (const [n, found] of [
      [4, 1 / Math.log2(3) + 2 / Math.log2(4)],
      [2, 1 / Math.log2(3)],
    ] as const) {
      const target = { name: 'pipelines.home', pipeline: recommenderOf(pipeline(n)) };
      const { metrics } = (await evaluate([target], given, asked, options)).report.results[0]!;
      expect(metrics.linear).toBeCloseTo(found / (5 + 2 / Math.log2(3) + 1 / 2), 12);
      expect(metrics.two).toBeCloseTo(1 / Math.log2(3) / (5 + 2 / Math.log2(3)), 12);
    }
  });
});
