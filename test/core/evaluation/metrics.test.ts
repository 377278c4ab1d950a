import type { ListMetric, Ragged, RecographError } from 'recograph';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { builtInMetrics, parseMetrics } from '../../../core/evaluation/index.ts';
import { dataset } from './support.ts';

const train = dataset(4, 6, [
  [0, 0],
  [1, 0],
  [2, 0],
  [3, 0],
  [0, 1],
  [1, 1],
  [2, 2],
]);
const noMask = { train, masked: () => new Int32Array(0) };

/** A list of items 0, 1, 2, ... with hits as given, against `relevant` held-out items. */
const value = (
  metric: ListMetric,
  hits: number[],
  relevant: number,
  k: number,
  data = noMask,
  grades: number[] = [],
): number =>
  metric.prepare(data)(
    {
      user: 0,
      items: Int32Array.from(hits.keys()),
      hits: Uint8Array.from(hits),
      relevant: Int32Array.from({ length: relevant }, (_, i) => i),
      grades: Float32Array.from({ length: relevant }, (_, i) => grades[i] ?? Number.NaN),
    },
    k,
  );
const lists = (...rows: number[][]): Ragged => ({
  offsets: Uint32Array.from([0, ...rows.map((_, r) => rows.slice(0, r + 1).flat().length)]),
  values: Int32Array.from(rows.flat()),
});

describe('metrics over lists', () => {
  const { recall, precision, f1, hr, mrr, map, ndcg } = builtInMetrics;
  const hits = [0, 1, 0, 1, 0];

  it('divides recall by all relevant items and precision by k', () => {
    expect(value(recall, hits, 3, 5)).toBeCloseTo(2 / 3, 12);
    expect(value(recall, hits, 3, 2)).toBeCloseTo(1 / 3, 12);
    expect(value(precision, hits, 3, 5)).toBeCloseTo(2 / 5, 12);
    expect(value(precision, hits, 3, 10)).toBeCloseTo(2 / 10, 12);
    // P = 2/5, R = 2/3: 2 P R / (P + R) = (8/15) / (16/15)
    expect(value(f1, hits, 3, 5)).toBeCloseTo(1 / 2, 12);
  });

  it('takes the first hit within k for hr and mrr', () => {
    expect(value(hr, hits, 3, 1)).toBe(0);
    expect(value(hr, hits, 3, 2)).toBe(1);
    expect(value(mrr, hits, 3, 1)).toBe(0);
    expect(value(mrr, hits, 3, 5)).toBe(1 / 2);
  });

  it('averages precision at the hits over min(k, relevant)', () => {
    // (1/2 + 2/4) / 3
    expect(value(map, hits, 3, 5)).toBeCloseTo(1 / 3, 12);
    // (1/2) / 2
    expect(value(map, hits, 3, 2)).toBeCloseTo(1 / 4, 12);
  });

  it('normalises DCG by the best list of min(k, relevant) hits', () => {
    // DCG = 1/log2(3) + 1/log2(5) = 0.63093 + 0.43068; IDCG of 3 = 1 + 0.63093 + 0.5; of 2 = 1.63093
    expect(value(ndcg, hits, 3, 5)).toBeCloseTo(1.06161 / 2.13093, 5);
    expect(value(ndcg, hits, 3, 2)).toBeCloseTo(0.63093 / 1.63093, 5);
    expect(value(ndcg, [1, 1], 2, 10)).toBeCloseTo(1, 12);
  });

  it('weighs what is found by its value, linearly or exponentially', () => {
    const [linear, exponential] = ['linear', 'exponential'].map(
      (gains) => parseMetrics([{ use: 'ndcg', k: 3, config: { gains } }])[0]!.metric as ListMetric,
    );
    // items 0, 1, 2 with values 3, 2, 5; the list is item 0, one that is not relevant, item 2
    const graded = (metric: ListMetric) =>
      metric.prepare(noMask)(
        {
          user: 0,
          items: Int32Array.of(0, 9, 2),
          hits: Uint8Array.of(1, 0, 1),
          relevant: Int32Array.of(0, 1, 2),
          grades: Float32Array.of(3, 2, 5),
        },
        3,
      );
    // DCG = 3 + 5 / 2; IDCG = 5 + 3 / log2(3) + 2 / 2
    expect(graded(linear!)).toBeCloseTo(5.5 / (5 + 3 / Math.log2(3) + 1), 12);
    // DCG = 7 + 31 / 2; IDCG = 31 + 7 / log2(3) + 3 / 2
    expect(graded(exponential!)).toBeCloseTo(22.5 / (31 + 7 / Math.log2(3) + 1.5), 12);
    // no values: 1 each
    expect(value(linear!, [1, 0, 1], 3, 3)).toBeCloseTo(1.5 / (1.5 + 1 / Math.log2(3)), 12);
  });

  it('gives 0 for an empty list', () => {
    for (const metric of [recall, precision, f1, hr, mrr, map, ndcg]) expect(value(metric, [], 2, 5)).toBe(0);
    expect(value(builtInMetrics.serendipity, [], 2, 5)).toBe(0);
    expect(value(builtInMetrics.novelty, [], 2, 5)).toBeNaN();
    expect(value(builtInMetrics.diversity, [1], 2, 5)).toBeNaN();
  });
});

describe('metrics beyond accuracy', () => {
  it('measures novelty as self-information in bits', () => {
    // items 0, 1, 2, 3 with 4, 2, 1, 0 of 4 users: 0, 1, 2, 2 bits (nobody counts as one)
    expect(value(builtInMetrics.novelty, [0, 0, 0, 0], 1, 4)).toBeCloseTo(5 / 4, 12);
    expect(value(builtInMetrics.novelty, [0, 0, 0, 0], 1, 2)).toBeCloseTo(1 / 2, 12);
  });

  it('measures diversity as the mean distance of pairs', () => {
    // cos(0,1) = 2/sqrt(8), cos(0,2) = 1/sqrt(4), cos(1,2) = 0
    const mean = (1 - 2 / Math.sqrt(8) + (1 - 1 / 2) + 1) / 3;
    expect(value(builtInMetrics.diversity, [0, 0, 0], 1, 3)).toBeCloseTo(mean, 12);
  });

  it('counts for serendipity only hits that popularity would not have shown', () => {
    // the two most popular items are 0 and 1; the list's hits are 1 and 3
    expect(value(builtInMetrics.serendipity, [0, 1, 0, 1], 2, 4)).toBe(0);
    expect(value(builtInMetrics.serendipity, [0, 0, 1], 1, 3)).toBe(0);
    const masked = { train, masked: () => Int32Array.of(0, 1, 2) };
    // without 0, 1, 2 the most popular three are 3, 4, 5: item 1 is not obvious
    expect(value(builtInMetrics.serendipity, [0, 1, 0], 1, 3, masked)).toBeCloseTo(1 / 3, 12);
  });

  it('measures coverage over the vocabulary', () => {
    const coverage = builtInMetrics.coverage.prepare(noMask);
    expect(coverage(lists([0, 1], [1, 2]), 2)).toBe(3 / 6);
    expect(coverage(lists([], []), 2)).toBe(0);
  });

  it('measures the Gini index of exposure', () => {
    const gini = builtInMetrics.gini.prepare(noMask);
    expect(gini(lists([0, 1, 2], [3, 4, 5]), 3)).toBe(0);
    // one item alone of 6: (2*6 - 6 - 1) / 6
    expect(gini(lists([0], [0]), 1)).toBeCloseTo(5 / 6, 12);
    // x = 0 0 0 0 1 3: (3 * 1 + 5 * 3) / (6 * 4)
    expect(gini(lists([0, 1], [0], [0]), 2)).toBeCloseTo(18 / 24, 12);
    expect(gini(lists([], []), 2)).toBeNaN();
  });
});

describe('metrics over rows', () => {
  const { rmse, mae, logloss, accuracy, auc } = builtInMetrics;
  const once = (length: number) => new Float64Array(length).fill(1);
  const rows = (scores: number[], labels: number[], values: number[] = labels) => ({
    scores: Float32Array.from(scores),
    labels: Float32Array.from(labels),
    values: Float32Array.from(values),
  });

  it('measures errors against recorded values and leaves out rows without one', () => {
    const data = rows([3, 5, 2, 9], [1, 1, 0, 1], [4, 3, 2, Number.NaN]);
    expect(rmse.prepare(data)(once(4))).toBeCloseTo(Math.sqrt((1 + 4 + 0) / 3), 12);
    expect(mae.prepare(data)(once(4))).toBeCloseTo(1, 12);
    expect(rmse.prepare(rows([], []))(once(0))).toBeNaN();
  });

  it('measures logloss with natural logarithms and stays finite when sure and wrong', () => {
    const data = rows([0.5, 0.25], [1, 0]);
    expect(logloss.prepare(data)(once(2))).toBeCloseTo((Math.LN2 - Math.log(0.75)) / 2, 12);
    expect(logloss.prepare(rows([0], [1]))(once(1))).toBeCloseTo(23 * Math.LN2, 6);
    expect(accuracy.prepare(rows([0.5, 0.6, 0.4], [1, 1, 0]))(once(3))).toBeCloseTo(2 / 3, 12);
  });

  it('counts a tie as one half in auc and gives chance for constant scores', () => {
    // positives .8 and .4, negatives .4 and .1: wins 1, 1, 1/2, 1
    expect(auc.prepare(rows([0.8, 0.4, 0.4, 0.1], [1, 1, 0, 0]))(once(4))).toBeCloseTo(3.5 / 4, 12);
    expect(auc.prepare(rows([1, 1, 1], [1, 0, 0]))(once(3))).toBe(1 / 2);
    expect(auc.prepare(rows([1, 2], [1, 1]))(once(2))).toBeNaN();
    // the negative .4 twice: wins 2.5 + 3 of 6
    expect(auc.prepare(rows([0.8, 0.4, 0.4, 0.1], [1, 1, 0, 0]))(Float64Array.of(1, 1, 2, 1))).toBeCloseTo(5 / 6, 12);
  });
});

describe('names of metrics', () => {
  it('refuses an unknown name, a missing cut and a cut too many', () => {
    const code = (name: string): string => {
      try {
        parseMetrics(['hr@10', name]);
        return 'fine';
      } catch (error) {
        return `${(error as { code: string }).code} ${(error as { at: string }).at}`;
      }
    };
    for (const name of ['nope@10', 'ndcg', 'ndcg@0', 'auc@10', '@10', 'toString@3']) {
      expect(code(name)).toBe('CONFIG_INVALID evaluation.metrics[1]');
    }
  });

  it('takes a plugin’s metric by its type name', () => {
    const metric: ListMetric = { over: 'list', prepare: () => (list, k) => list.items.length / k };
    expect(parseMetrics(['filled@7'], { filled: metric })).toEqual([{ name: 'filled@7', k: 7, metric }]);
  });

  it('parses the config of a metric, defaults filled in, and names it as it is asked', () => {
    const rbp = {
      schema: z.strictObject({ p: z.number().min(0).lt(1).default(0.8) }),
      create: (config: unknown): ListMetric => {
        const { p } = config as { p: number };
        return {
          over: 'list',
          prepare:
            () =>
            ({ hits }) =>
              hits.reduce((sum, hit, k) => sum + hit * (1 - p) * p ** k, 0),
        };
      },
    };
    const asked = parseMetrics(['rbp@10', { use: 'rbp', k: 10, config: { p: 0.5 }, name: 'rbp(.5)' }], { rbp });
    expect(asked.map(({ name, k }) => [name, k])).toEqual([
      ['rbp@10', 10],
      ['rbp(.5)', 10],
    ]);
    const [patient, hasty] = asked.map(({ metric }) => value(metric as ListMetric, [0, 1], 1, 10));
    expect(patient).toBeCloseTo(0.2 * 0.8, 12);
    expect(hasty).toBeCloseTo(0.5 * 0.5, 12);
    const at = (...slots: Parameters<typeof parseMetrics>[0]) => {
      try {
        parseMetrics(slots, { rbp });
      } catch (error) {
        return `${(error as RecographError).at}`;
      }
      return 'taken';
    };
    expect(at({ use: 'rbp', k: 10, config: { p: 2 } })).toBe('evaluation.metrics[0].config.p');
    expect(at({ use: 'hr', k: 10, config: { p: 2 } })).toBe('evaluation.metrics[0].config');
    expect(at('rbp@10', { use: 'rbp', k: 10, config: { p: 0.5 }, name: 'rbp@10' })).toBe('evaluation.metrics[1]');
    expect(
      parseMetrics(['rbp@10', { use: 'rbp', k: 10, config: { p: 0.5 } }], { rbp }).map(({ name }) => name),
    ).toEqual(['rbp@10', 'rbp@10(p=0.5)']);
    expect(at('hr@10', 'hr@10')).toBe('taken');
  });

  it('refuses a plugin’s metric with the name of a built-in one', () => {
    const always: ListMetric = { over: 'list', prepare: () => () => 42 };
    expect(() => parseMetrics(['ndcg@10'], { ndcg: always })).toThrow(/declares the metric "ndcg", which is built in/);
  });
});
