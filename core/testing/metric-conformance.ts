import {
  type Component,
  type Dataset,
  type Metric,
  type MetricData,
  type RankedList,
  raggedOf,
  type ScoredRows,
} from 'recograph';
import { type ConformanceOptions, checksOf } from './bench.ts';
import { type Check, expectThat } from './check.ts';
import { checksum } from './checksum.ts';
import { same } from './compare.ts';
import { configChecks } from './config.ts';

const K = 4;
const LISTS = [[1, 4, 2, 7, 3, 5], [2, 7, 1, 4, 9, 8], [3], []];
const RELEVANT = [1, 3, 7];

/** The checks of a metric; run them as `modelConformance` shows. */
export const metricConformance = (component: Component<'metric'>, options: ConformanceOptions = {}): Check[] => {
  const check = checksOf(component, options);
  return [
    ...configChecks(component, options),
    check('value: a finite number, or NaN where there is none', async (bench) => {
      for (const value of valuesOf(bench.create(), bench.data, LISTS)) {
        expectThat(Number.isFinite(value) || Number.isNaN(value), () => ({
          expected: 'a finite figure, or NaN where it is undefined',
          seen: `${value}`,
          fix: 'give NaN where you would divide by zero.',
        }));
      }
    }),
    check('value: the same input gives the same figure', async (bench) => {
      const metric = bench.create();
      const [first, second] = [valuesOf(metric, bench.data, LISTS), valuesOf(metric, bench.data, LISTS)];
      const wrong = first.findIndex((value, k) => !Object.is(value, second[k]));
      expectThat(wrong < 0, () => ({
        expected: `the figure ${first[wrong]} again for the same input`,
        seen: `${second[wrong]}`,
        fix: 'keep nothing between calls, and use no randomness.',
      }));
    }),
    check('value: only the first k places count', async (bench) => {
      const metric = bench.create();
      if (metric.over === 'rows') return;
      const whole = valuesOf(metric, bench.data, LISTS.slice(0, 2));
      const cut = valuesOf(
        metric,
        bench.data,
        LISTS.slice(0, 2).map((list) => list.slice(0, K)),
      );
      const wrong = whole.findIndex((value, place) => !same(value, cut[place]!, 1e-9));
      expectThat(wrong < 0, () => ({
        expected: `the figure at k = ${K} of a list and of its first ${K} places to be the same`,
        seen: `${whole[wrong]} and ${cut[wrong]}`,
        fix: 'stop at place k: the list may be longer.',
      }));
    }),
    check('value: weights of rows are counts', async (bench) => {
      const metric = bench.create();
      if (metric.over !== 'rows') return;
      const [once] = rowFigures(metric, [1, 1, 1, 1, 1, 1]);
      const [thrice] = rowFigures(metric, [3, 3, 3, 3, 3, 3]);
      expectThat(same(once!, thrice!, 1e-6), () => ({
        expected: `the figure ${once} also where every row counts three times`,
        seen: `${thrice}`,
        fix: 'weigh each row by weights[row] and divide by their sum.',
      }));
    }),
    check('inputs: nothing given is changed', async (bench) => {
      const metric = bench.create();
      const lists = LISTS.map(rankedList);
      const before = checksum([lists, ROWS]);
      if (metric.over === 'list') {
        const value = metric.prepare(knownOf(bench.data));
        for (const list of lists) value(list, K);
      } else valuesOf(metric, bench.data, LISTS);
      expectThat(checksum([lists, ROWS]) === before, () => ({
        expected: 'lists and rows to be what they were',
        seen: 'other bytes in them',
        fix: 'copy an array (slice) before you sort it.',
      }));
    }),
  ];
};

const rankedList = (items: readonly number[], user = 0): RankedList => ({
  user,
  items: Int32Array.from(items),
  hits: Uint8Array.from(items, (item) => (RELEVANT.includes(item) ? 1 : 0)),
  relevant: Int32Array.from(RELEVANT),
  grades: Float32Array.from(RELEVANT, (_, k) => 1 + (k % 5)),
});

const ROWS: ScoredRows = {
  scores: Float32Array.of(0.9, 0.2, 0.6, 0.4, 0.7, 0.1),
  labels: Float32Array.of(1, 0, 1, 1, 0, 0),
  values: Float32Array.of(5, 1, 4, 4, 2, Number.NaN),
};

const knownOf = (train: Dataset): MetricData => ({ train, masked: () => new Int32Array(0) });

const rowFigures = (metric: Extract<Metric, { over: 'rows' }>, weights: readonly number[]): number[] => [
  metric.prepare(ROWS)(Float64Array.from(weights)),
];

const valuesOf = (metric: Metric, train: Dataset, lists: readonly (readonly number[])[]): number[] => {
  if (metric.over === 'rows')
    return [...rowFigures(metric, [1, 1, 1, 1, 1, 1]), ...rowFigures(metric, [0, 0, 0, 0, 0, 0])];
  if (metric.over === 'lists') {
    const cut = raggedOf(lists.map((list) => list.slice(0, K)));
    return [metric.prepare(knownOf(train))(cut, K)];
  }
  const value = metric.prepare(knownOf(train));
  return lists.map((list, user) => value(rankedList(list, user), K));
};
