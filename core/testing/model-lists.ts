import type { FittedModel, Limits, QueryBatch } from 'recograph';
import { limitOf } from 'recograph';
import type { Bench } from './bench.ts';
import { type Check, expectArray, expectThat, without } from './check.ts';
import { ROUNDING, same } from './compare.ts';
import { fitOn } from './fitting.ts';
import { expectLists, expectListTypes, expectWithin, noLimits, someLimits } from './limits.ts';
import type { ModelFitting } from './model-conformance.ts';
import { scoresOf } from './model-scores.ts';
import { allItems, askersOf, asStrangers, pickQueries } from './questions.ts';

/** recommend, similarItems and vectors: checked where the model has them. */
export const listChecks = (kind: ModelFitting): Check[] => {
  const check = (name: string, run: (model: FittedModel, bench: Bench<'model'>) => Promise<void>): Check =>
    kind.check(name, async (bench) => run(await fitOn(kind, bench), bench));
  return [
    check('recommend: the best by score', async (model, { data, extra }) => {
      if (!model.recommend) return;
      const queries = askersOf(data, extra);
      for (const asked of [queries, asStrangers(queries)]) {
        for (const n of [0, 1, 5, data.items.size + 3]) await expectBest(model, asked, data.items.size, n, bench(data));
      }
    }),
    check('recommend, similarItems, vectors: arrays of the stated types', async (model, { data, extra }) => {
      const queries = askersOf(data, extra);
      const limits = noLimits(queries.size);
      if (model.recommend) expectListTypes(await model.recommend(queries, 5, limits), 'recommend()');
      if (model.similarItems) expectListTypes(await model.similarItems(allItems(data).indices, 5), 'similarItems()');
      if (model.itemVectors) expectArray(model.itemVectors().data, Float32Array, 'itemVectors().data');
      if (model.userVectors) expectArray((await model.userVectors(queries)).data, Float32Array, 'userVectors().data');
    }),
    check('recommend: a query alone is answered as in a batch', async (model, { data, extra }) => {
      if (!model.recommend) return;
      const queries = askersOf(data, extra);
      const limits = noLimits(queries.size);
      const together = await model.recommend(queries, 5, limits);
      for (let q = 0; q < queries.size; q++) {
        const [alone] = await model.recommend(pickQueries(queries, [q]), 5, noLimits(1));
        const [a, b] = [together[q]!, alone!];
        const equal =
          a.items.length === b.items.length && a.scores.every((score, k) => same(score, b.scores[k]!, ROUNDING));
        expectThat(equal, () => ({
          expected: `query ${q} to get the list [${a.items.join(', ')}], as in the batch`,
          seen: `[${b.items.join(', ')}] when asked alone`,
          fix: 'compute each list from its own query alone; rows of limits belong to queries by their place.',
        }));
      }
    }),
    check('recommend: obeys exclude and allow', async (model, { data, extra }) => {
      if (!model.recommend) return;
      const queries = askersOf(data, extra);
      const limits = someLimits(queries.size, data.items.size);
      for (const n of [3, data.items.size]) {
        const lists = await without('recommend() under limits', () => model.recommend!(queries, n, limits));
        expectWithin(lists, limits, 'recommend()');
      }
    }),
    check('similarItems: within the limits, without the item itself', async (model, { data }) => {
      if (!model.similarItems) return;
      const { indices } = allItems(data);
      const limits = someLimits(indices.length, data.items.size);
      for (const given of [undefined, limits]) {
        const lists = await without('similarItems()', () => model.similarItems!(indices, 5, given));
        expectLists(lists, indices.length, 5, 'similarItems()');
        if (given) expectWithin(lists, given, 'similarItems()');
        const own = lists.findIndex((list, item) => list.items.includes(item));
        expectThat(own < 0, () => ({
          expected: 'items similar to an item to be others',
          seen: `item ${own} in its own list`,
          fix: 'leave the asked item out of its list.',
        }));
      }
    }),
    check('vectors: one row for each item and query', async (model, { data, extra }) => {
      const items = model.itemVectors?.();
      const queries = askersOf(data, extra);
      const users = await model.userVectors?.(queries);
      for (const [what, matrix, rows] of [
        ['itemVectors()', items, data.items.size],
        ['userVectors()', users, queries.size],
      ] as const) {
        if (!matrix) continue;
        const right = matrix.rows === rows && matrix.data.length === rows * matrix.columns;
        const finite = !matrix.data.some((value) => Math.abs(value) === Number.POSITIVE_INFINITY);
        const matching = what === 'itemVectors()' || !items || items.columns === matrix.columns;
        expectThat(right && finite && matching, () => ({
          expected: `${what} to be [${rows} x width], finite or NaN, user vectors as wide as item vectors`,
          seen: `[${matrix.rows} x ${matrix.columns}] with ${matrix.data.length} numbers${finite ? '' : ', some infinite'}`,
          fix: 'give one row for each item of the vocabulary, and for each query, in one space.',
        }));
      }
    }),
    check('vectors: none for an item that nobody chose', async (model, { data }) => {
      const items = model.itemVectors?.();
      if (!items || model.capabilities.coldItems) return;
      const chosen = new Set(data.interactions.items);
      for (let item = 0; item < items.rows; item++) {
        if (chosen.has(item)) continue;
        const row = items.data.subarray(item * items.columns, (item + 1) * items.columns);
        expectThat(row.every(Number.isNaN) || row.every((value) => value === 0), () => ({
          expected: `itemVectors() to have a row of NaN for item ${item}, which stands in no event`,
          seen: `[${[...row.subarray(0, 4)].map((value) => value.toFixed(3)).join(', ')}, ...]`,
          fix: 'keep which items training saw (knownItems), and give NaN for the others (knownRows): `similar` would list them by their random first values.',
        }));
      }
    }),
  ];
};

const bench = (data: Bench<'model'>['data']) => allItems(data);

const expectBest = async (
  model: FittedModel,
  queries: QueryBatch,
  itemCount: number,
  n: number,
  items: ReturnType<typeof allItems>,
): Promise<void> => {
  const limits: Limits = noLimits(queries.size);
  const scores = await scoresOf(model, queries, items, 'all items');
  const lists = await without(`recommend() of n = ${n}`, () => model.recommend!(queries, n, limits));
  expectLists(lists, queries.size, n, 'recommend()');
  for (const [q, list] of lists.entries()) {
    const own = scores.subarray(q * itemCount, (q + 1) * itemCount);
    const allowed = limitOf(limits, q);
    const best = own.filter((score, item) => !Number.isNaN(score) && allowed(item)).sort();
    const wanted = best.reverse().subarray(0, n);
    const wrong = list.items.findIndex((item, k) => !same(own[item]!, list.scores[k]!, ROUNDING));
    expectThat(wrong < 0, () => ({
      expected: `recommend() and score() to agree on item ${list.items[wrong]} for query ${q}`,
      seen: `${list.scores[wrong]} and ${own[list.items[wrong]!]}`,
      fix: 'take the scores of a list from the same computation as score().',
    }));
    const best5 = wanted.length === list.items.length && wanted.every((s, k) => same(s, list.scores[k]!, ROUNDING));
    expectThat(best5, () => ({
      expected: `the ${wanted.length} best scores [${wanted.join(', ')}] in the list of query ${q}`,
      seen: `[${list.scores.join(', ')}]`,
      fix: 'list every item that score() gives a number for, best first, before cutting at n.',
    }));
  }
};
