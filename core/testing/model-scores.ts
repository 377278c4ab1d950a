import type { FittedModel, ItemSet, QueryBatch } from 'recograph';
import type { Bench } from './bench.ts';
import { type Check, expectArray, expectThat, without } from './check.ts';
import { difference, ROUNDING } from './compare.ts';
import { fitOn } from './fitting.ts';
import type { ModelFitting } from './model-conformance.ts';
import { allItems, askersOf, asStrangers, candidatesOf, noItems, pickQueries, withoutHistory } from './questions.ts';

/** Scores, of the asked length and never infinite. */
export const scoresOf = async (
  model: FittedModel,
  queries: QueryBatch,
  items: ItemSet,
  situation: string,
): Promise<Float32Array> => {
  const scores = await without(`score() of ${situation}`, () => model.score(queries, items));
  const length = items.kind === 'shared' ? queries.size * items.indices.length : items.indices.length;
  expectThat(scores.length === length, () => ({
    expected: `${length} scores of ${situation}`,
    seen: `${scores.length}`,
    fix: 'shared items give queries.size x indices.length scores, ragged ones one a candidate; scoreRows lays them out.',
  }));
  const wrong = scores.findIndex((score) => score === Number.POSITIVE_INFINITY || score === Number.NEGATIVE_INFINITY);
  expectThat(wrong < 0, () => ({
    expected: `scores of ${situation} to be finite or NaN`,
    seen: `${scores[wrong]} at place ${wrong}`,
    fix: 'NaN says "cannot score this one"; an infinite score means an overflow or a division by zero.',
  }));
  return scores;
};

/** Two by two, so that a query's place in its batch changes as well as its neighbours. */
const inParts = async (model: FittedModel, queries: QueryBatch, items: ItemSet, rows: readonly number[]) => {
  const width = items.indices.length;
  const scores = new Float32Array(queries.size * width);
  const part = await scoresOf(model, pickQueries(queries, rows), items, 'some of the queries');
  rows.forEach((row, k) => {
    scores.set(part.subarray(k * width, (k + 1) * width), row * width);
  });
  return scores;
};

const BATCH_FIX =
  'compute each query from its own row alone (users[q], histories of q, userFeatures row q, seeds[q]); ' +
  'no answer may depend on its neighbours.';

export const scoreChecks = (kind: ModelFitting): Check[] => {
  const check = (name: string, run: (model: FittedModel, bench: Bench<'model'>) => Promise<void>): Check =>
    kind.check(name, async (bench) => run(await fitOn(kind, bench), bench));
  return [
    check('score: one number for every pair, some of them finite', async (model, { data, extra }) => {
      const scores = await scoresOf(model, askersOf(data, extra), allItems(data), 'all known users and items');
      expectThat(scores.some(Number.isFinite), () => ({
        expected: 'a finite score for some known user and item',
        seen: 'NaN alone',
        fix: 'check that fit learns from the data it is given; give the kit data that suits: { data }.',
      }));
    }),
    check('score: a Float32Array', async (model, { data, extra }) => {
      const [queries, items] = [askersOf(data, extra), allItems(data)];
      for (const set of [items, candidatesOf(items, queries.size)]) {
        expectArray(
          await scoresOf(model, queries, set, `${set.kind} items`),
          Float32Array,
          `score() of ${set.kind} items`,
        );
      }
    }),
    check('score: nothing asked, nothing answered', async (model, { data, extra }) => {
      const queries = askersOf(data, extra);
      await scoresOf(model, pickQueries(queries, []), allItems(data), 'no queries');
      await scoresOf(model, queries, noItems(data.itemFeatures), 'no items');
    }),
    check('score: a query alone is answered as in a batch', async (model, { data, extra }) => {
      const queries = askersOf(data, extra);
      for (const [who, asked] of [
        ['known', queries],
        ['unknown', asStrangers(queries)],
      ] as const) {
        const items = allItems(data);
        const together = await scoresOf(model, asked, items, `${who} users`);
        for (let q = 0; q < asked.size; q++) {
          const alone = await scoresOf(model, pickQueries(asked, [q]), items, `one of the ${who} users`);
          const of = together.subarray(q * items.indices.length, (q + 1) * items.indices.length);
          const found = difference({ [`scores of query ${q}`]: of }, { [`scores of query ${q}`]: alone }, ROUNDING);
          expectThat(found === undefined, () => ({
            expected: `a query of ${who} users to get the same scores in a batch and alone`,
            seen: `${found}`,
            fix: BATCH_FIX,
          }));
        }
      }
    }),
    check('score: the order of the queries does not matter', async (model, { data, extra }) => {
      const queries = askersOf(data, extra);
      const items = allItems(data);
      const together = await scoresOf(model, queries, items, 'known users');
      const backwards = Array.from({ length: queries.size }, (_, q) => queries.size - 1 - q);
      const turned = await inParts(model, queries, items, backwards);
      const found = difference({ scores: together }, { scores: turned }, ROUNDING);
      expectThat(found === undefined, () => ({
        expected: 'the same queries in the reverse order to get the same scores',
        seen: `${found}`,
        fix: BATCH_FIX,
      }));
    }),
    check('score: ragged candidates get the shared scores', async (model, { data, extra }) => {
      const queries = askersOf(data, extra);
      const items = allItems(data);
      const candidates = candidatesOf(items, queries.size);
      const shared = await scoresOf(model, queries, items, 'shared items');
      const ragged = await scoresOf(model, queries, candidates, 'ragged candidates');
      const wanted = new Float32Array(ragged.length);
      for (let q = 0; q < queries.size; q++) {
        for (let k = candidates.offsets[q]!; k < candidates.offsets[q + 1]!; k++) {
          wanted[k] = shared[q * items.indices.length + candidates.indices[k]!]!;
        }
      }
      const found = difference({ scores: wanted }, { scores: ragged }, ROUNDING);
      expectThat(found === undefined, () => ({
        expected: 'a pair of query and item to have one score, asked as shared or as ragged items',
        seen: `${found}`,
        fix: 'read indices and features row by row (offsets[q] .. offsets[q + 1]); scoreRows does both layouts.',
      }));
    }),
    check('score: users without history', async (model, { data, extra }) => {
      const silent = withoutHistory(askersOf(data, extra));
      await scoresOf(model, silent, allItems(data), 'known users without history');
      await scoresOf(model, asStrangers(silent), allItems(data), 'unknown users without history');
    }),
  ];
};
