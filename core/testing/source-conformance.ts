import type { Component, Dataset, FittedSource, ItemList, Limits, QueryBatch } from 'recograph';
import { type Bench, type ConformanceOptions, checksOf } from './bench.ts';
import { type Check, expectThat, without } from './check.ts';
import type { Answers } from './compare.ts';
import { configChecks } from './config.ts';
import { type Fitting, fitOn, fitOrRefuse } from './fitting.ts';
import { fittingChecks } from './fitting-checks.ts';
import { expectLists, expectListTypes, expectWithin, noLimits, someLimits } from './limits.ts';
import { askersOf, asStrangers, pickQueries } from './questions.ts';
import { firstOf } from './variants.ts';

const N = 6;

interface Questions {
  readonly known: QueryBatch;
  readonly strangers: QueryBatch;
  readonly limits: Limits;
}

/** The checks of a candidate source; run them as `modelConformance` shows. */
export const sourceConformance = (component: Component<'source'>, options: ConformanceOptions = {}): Check[] => {
  const kind: Fitting<'source', FittedSource, Questions> = {
    check: checksOf(component, options),
    fit: (bench, data, inputs, fitOptions) => bench.create().fit(data, inputs, fitOptions),
    restore: (bench, state, inputs) => bench.create().restore(state, inputs),
    questions: (data, { extra }) => {
      const known = askersOf(data, extra);
      return { known, strangers: asStrangers(known), limits: someLimits(known.size, data.items.size) };
    },
    answers: async (source, { known, strangers, limits }) => ({
      ...numbersOf('known users', await listsOf(source, known, N, limits)),
      ...numbersOf('unknown users', await listsOf(source, strangers, N, limits)),
    }),
  };
  type Run = (source: FittedSource, questions: Questions, bench: Bench<'source'>) => Promise<void>;
  const check = (name: string, run: Run): Check =>
    kind.check(name, async (bench) => run(await fitOn(kind, bench), kind.questions(bench.data, bench), bench));
  const edge = (name: string, situation: string, of: (data: Dataset) => Dataset): Check =>
    kind.check(name, async (bench) => {
      const data = of(bench.data);
      const source = await fitOrRefuse(kind, bench, data, situation);
      if (!source) return;
      const { known } = kind.questions(data, bench);
      expectLists(await listsOf(source, known, N, noLimits(known.size)), known.size, N, 'recommend()');
    });
  return [
    ...configChecks(component, options),
    ...fittingChecks(kind),
    check('recommend: ranked lists', async (source, { known, strangers }, { data }) => {
      for (const queries of [known, strangers, pickQueries(known, [])]) {
        for (const n of [0, 1, data.items.size + 3]) {
          const lists = await listsOf(source, queries, n, noLimits(queries.size));
          expectLists(lists, queries.size, n, 'recommend()');
          expectListTypes(lists, 'recommend()');
        }
      }
    }),
    check('recommend: obeys exclude and allow', async (source, { known, limits }) => {
      expectWithin(await listsOf(source, known, N, limits), limits, 'recommend()');
    }),
    check('recommend: a query alone is answered as in a batch', async (source, { known }) => {
      const together = await listsOf(source, known, N, noLimits(known.size));
      for (let q = 0; q < known.size; q++) {
        const [alone] = await listsOf(source, pickQueries(known, [q]), N, noLimits(1));
        const [wanted, seen] = [together[q]!.items.join(', '), alone!.items.join(', ')];
        expectThat(wanted === seen, () => ({
          expected: `query ${q} to get the list [${wanted}], as in the batch`,
          seen: `[${seen}] when asked alone`,
          fix: "compute each list from its own query; what is random draws from the query's own seed, createRng(seeds[q]).",
        }));
      }
    }),
    edge('data: empty', 'no users, items and events at all', (data) => firstOf(data, { users: 0, items: 0 })),
    edge('data: one item', 'one item', (data) => firstOf(data, { items: 1 })),
    edge('data: one user', 'one user', (data) => firstOf(data, { users: 1 })),
  ];
};

const listsOf = (source: FittedSource, queries: QueryBatch, n: number, limits: Limits): Promise<readonly ItemList[]> =>
  without(`recommend() of n = ${n} to ${queries.size} queries`, () => source.recommend(queries, n, limits));

const numbersOf = (who: string, lists: readonly ItemList[]): Answers => ({
  [`items listed to ${who}`]: lists.flatMap(({ items }) => [items.length, ...items]),
  [`scores listed to ${who}`]: lists.flatMap(({ scores }) => [...scores]),
});
