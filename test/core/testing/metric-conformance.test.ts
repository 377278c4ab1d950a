import { defineMetric, type ListMetric, type Metric, type PointMetric } from 'recograph';
import { metricConformance } from 'recograph/testing';
import { it } from 'vitest';
import { expectFailures } from './only-fails.ts';

const checksOf = (metric: Metric) => metricConformance(defineMetric({ type: 'toy', create: () => metric }));

const ofLists = (value: ReturnType<ListMetric['prepare']>): ListMetric => ({ over: 'list', prepare: () => value });
const hits = ofLists((list, k) => list.hits.subarray(0, k).reduce((sum, hit) => sum + hit, 0) / list.relevant.length);

const mean: PointMetric = {
  over: 'rows',
  prepare:
    ({ scores }) =>
    (weights) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return scores.reduce((sum, score, row) => sum + score * weights[row]!, 0) / total;
    },
};

it('passes metrics that keep their contract', async () => {
  await expectFailures(checksOf(hits), []);
  await expectFailures(checksOf(mean), []);
  await expectFailures(checksOf({ over: 'lists', prepare: () => (lists, k) => lists.values.length / k }), []);
});

const BREACHES: Readonly<Record<string, Metric>> = {
  'value: a finite number, or NaN where there is none': ofLists((list) => (list.items.length > 0 ? 1 : 1 / 0)),
  'value: the same input gives the same figure': ofLists((list) => (list.items.length > 1 ? 1 : Math.random())),
  'value: only the first k places count': ofLists((list) => list.hits.reduce((sum, hit) => sum + hit, 0)),
  'value: weights of rows are counts': { over: 'rows', prepare: () => (weights) => weights[0]! },
  'inputs: nothing given is changed': ofLists((list) => list.items.sort().length * 0),
};

for (const [name, metric] of Object.entries(BREACHES)) {
  it(`fails a metric by "${name}" alone`, () => expectFailures(checksOf(metric), [name]));
}
