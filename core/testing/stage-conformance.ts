import type { Bitmap, Component, ItemList, Json, Stage, StageContext } from 'recograph';
import { gatherFeatures, itemVectorSource, limitOf } from 'recograph';
import { createRng } from 'recograph/math';
import { type Bench, type ConformanceOptions, checksOf } from './bench.ts';
import { type Check, expectThat, without } from './check.ts';
import { checksum } from './checksum.ts';
import { configChecks } from './config.ts';
import { elsewhen } from './elsewhen.ts';
import { expectTurns } from './event-loop.ts';
import { jsonFault } from './json-fault.ts';
import { expectListTypes, expectOrders, someLimits } from './limits.ts';
import { askersOf, pickQueries } from './questions.ts';

/** The checks of a stage; run them as `modelConformance` shows. */
export const stageConformance = (component: Component<'stage'>, options: ConformanceOptions = {}): Check[] => {
  const check = checksOf(component, options);
  const each = (name: string, run: (stage: Stage, asked: Asked) => Promise<void>, lengths?: Lengths): Check =>
    check(name, async (bench) => run(bench.create(), await ask(bench, lengths)));
  return [
    ...configChecks(component, options),
    each('run: one ranked list a query', async (stage, { lists, context }) => {
      const ranked = await runOf(stage, lists, context);
      expectOrders(ranked, lists.length, context.itemCount, 'run()');
      expectListTypes(ranked, 'run()');
    }),
    each('run: lists only what is allowed', async (stage, { lists, context }) => {
      for (const [q, { items }] of (await runOf(stage, lists, context)).entries()) {
        const wrong = items.find((item) => !context.allowed(q, item));
        expectThat(wrong === undefined, () => ({
          expected: 'a stage to list only items that context.allowed(query, item) allows',
          seen: `item ${wrong} in the list of query ${q}`,
          fix: 'ask context.allowed before adding an item that was not in the list.',
        }));
      }
    }),
    each('run: the same seeds give the same lists', async (stage, { lists, context }) => {
      const [first, second] = [await runOf(stage, lists, context), await runOf(stage, lists, context)];
      expectEqual(first, second, 'two runs with equal seeds');
    }),
    each('run: neither the date nor Math.random matters', async (stage, { lists, context }) => {
      const first = await runOf(stage, lists, context);
      expectEqual(first, await elsewhen(() => runOf(stage, lists, context)), 'a run on another date');
    }),
    each('turns: others have a turn while it runs', (stage, { lists, context }) =>
      expectTurns(
        `run() on ${lists.length} short lists`,
        RUN_BLOCK_MS,
        () => runOf(stage, lists, context),
        'compare only the items in the list; await a turn (setImmediate) in long loops; serving threads share their time.',
      ),
    ),
    each('run: a query alone is answered as in a batch', async (stage, { lists, context }) => {
      const together = await runOf(stage, lists, context);
      for (let q = 0; q < lists.length; q++) {
        const alone = await runOf(stage, [lists[q]!], aloneOf(context, [q]));
        expectEqual([together[q]!], alone, `query ${q} in a batch and alone`);
      }
    }),
    each('run: changes nothing it is given', async (stage, { lists, context }) => {
      const { queries, n, diversity } = context;
      const given = () => checksum([lists, queries, n, diversity]);
      const before = given();
      await runOf(stage, lists, context);
      expectThat(given() === before, () => ({
        expected: 'lists and queries to be what they were before run()',
        seen: 'other bytes in them',
        fix: 'return new lists; copy an array (slice) before you sort it or write to it.',
      }));
    }),
    each(
      'run: empty lists and lists shorter than n',
      async (stage, { lists, context }) => {
        expectOrders(await runOf(stage, lists, context), lists.length, context.itemCount, 'run()');
        await runOf(stage, [], aloneOf(context, []));
      },
      { list: (q) => q % 3, n: () => 5 },
    ),
    each(
      'run: n of 0 and n beyond the list',
      async (stage, { lists, context }) => {
        expectOrders(await runOf(stage, lists, context), lists.length, context.itemCount, 'run()');
      },
      { list: () => 6, n: (q) => (q % 2 === 0 ? 0 : 1000) },
    ),
    each('keeps: reduces without changing, to JSON', async ({ keeps }, { lists, context }) => {
      if (!keeps) return;
      let state: Json = keeps.initial;
      for (const { items } of lists) {
        const ids = Array.from(items, context.id);
        const before = JSON.stringify(state);
        const old = state;
        state = keeps.reduce(old, { kind: 'shown', items: ids, at: 1 });
        if (ids.length > 0) {
          state = keeps.reduce(state, { kind: 'event', item: ids[0]!, type: 'click', value: null, shown: true, at: 2 });
        }
        const fault = JSON.stringify(old) === before ? jsonFault(state, 'the new state') : 'a changed old state';
        expectThat(fault === undefined, () => ({
          expected: 'reduce() to leave the old state as it was and give a new one that is JSON',
          seen: `${fault}`,
          fix: 'build a new object; keep no undefined, NaN, Map or Date in it.',
        }));
      }
    }),
    each(
      'keeps: runs before and after there is a state',
      async (stage, { lists, context }) => {
        const { keeps } = stage;
        if (!keeps) return;
        const shown = Array.from(lists[1]!.items, context.id);
        const state = keeps.reduce(keeps.initial, { kind: 'shown', items: shown, at: 1 });
        for (const extra of [
          {},
          { [keeps.name]: keeps.initial },
          { [keeps.name]: JSON.parse(JSON.stringify(state)) },
        ]) {
          const queries = { ...context.queries, extra };
          expectOrders(await runOf(stage, lists, { ...context, queries }), lists.length, context.itemCount, 'run()');
        }
      },
      { list: () => 6, n: () => 3 },
    ),
  ];
};

const RUN_BLOCK_MS = 200;

interface Lengths {
  list(query: number): number;
  n(query: number): number;
}

interface Asked {
  readonly lists: readonly ItemList[];
  readonly context: StageContext;
}

/** Ranked lists of allowed items, and all that a stage may look at; vectors and attributes are the data's. */
const ask = async ({ data, inputs, extra }: Bench<'stage'>, lengths: Lengths = DEFAULT): Promise<Asked> => {
  const queries = askersOf(data, extra);
  const limits = someLimits(queries.size, data.items.size);
  const given = await inputs(data);
  const vectors = await itemVectorSource(given.vectors('vectors'), 'vectors').known(data.itemFeatures);
  const looks = Array.from({ length: queries.size }, (_, q) => limitOf(limits, q));
  const even: Bitmap = { size: data.items.size, words: new Uint32Array((data.items.size + 31) >> 5).fill(0x55555555) };
  const context: StageContext = {
    queries,
    n: Uint32Array.from({ length: queries.size }, (_, q) => lengths.n(q)),
    diversity: Float32Array.from({ length: queries.size }, (_, q) => (q % 2 === 0 ? Number.NaN : 0.5)),
    vectors: () => vectors,
    features: (items) => gatherFeatures(data.itemFeatures, items),
    id: (item) => data.items.id(item),
    matching: () => even,
    itemCount: data.items.size,
    allowed: (query, item) => item >= 0 && item < data.items.size && looks[query]!(item),
  };
  const lists = looks.map((allowed, q) => {
    const rng = createRng(q);
    const items = Array.from({ length: data.items.size }, (_, item) => item).filter(allowed);
    const order = items.map((item) => ({ item, key: rng.next() })).sort((a, b) => a.key - b.key);
    const chosen = order.slice(0, lengths.list(q));
    return {
      items: Int32Array.from(chosen, ({ item }) => item),
      scores: Float32Array.from(chosen, (_, place) => 1 / (1 + place)),
    };
  });
  return { lists, context };
};

const DEFAULT: Lengths = { list: () => 8, n: (q) => 3 + (q % 3) };

/** The context of these queries alone. */
const aloneOf = (context: StageContext, rows: readonly number[]): StageContext => ({
  ...context,
  queries: pickQueries(context.queries, rows),
  n: Uint32Array.from(rows, (q) => context.n[q]!),
  diversity: Float32Array.from(rows, (q) => context.diversity[q]!),
  allowed: (query, item) => context.allowed(rows[query]!, item),
});

const runOf = (stage: Stage, lists: readonly ItemList[], context: StageContext): Promise<readonly ItemList[]> =>
  without(`run() on ${lists.length} lists`, () => stage.run(lists, context));

const expectEqual = (first: readonly ItemList[], second: readonly ItemList[], situation: string): void => {
  const text = (lists: readonly ItemList[]) =>
    lists.map(({ items, scores }) => `[${items.join(', ')}] with scores [${scores.join(', ')}]`).join('; ');
  const q = first.findIndex((list, k) => text([list]) !== text(second.slice(k, k + 1)));
  expectThat(q < 0, () => ({
    expected: `${situation} to give the same list: ${text([first[q]!])}`,
    seen: text(second.slice(q, q + 1)),
    fix: "draw what is random from createRng(queries.seeds[q]), the query's own seed; keep nothing between runs.",
  }));
};
