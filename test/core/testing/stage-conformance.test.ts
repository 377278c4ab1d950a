import { defineStage, type ItemList, type Stage, type StageContext } from 'recograph';
import { createRng } from 'recograph/math';
import { stageConformance } from 'recograph/testing';
import { expect, it } from 'vitest';
import { expectFailures } from './only-fails.ts';

type Run = (lists: readonly ItemList[], context: StageContext) => readonly ItemList[];
type Breach = { readonly run?: (good: Run) => Run; readonly keeps?: Partial<NonNullable<Stage['keeps']>> };

/** Drops the first item of half of the lists, by the query's seed; counts what was shown. */
const toyStage = ({ run = (good) => good, keeps = {} }: Breach = {}) =>
  defineStage({
    type: 'toy',
    create: () => ({
      keeps: {
        name: 'toy',
        initial: { shown: 0 },
        reduce: (state) => ({ shown: (state as { shown: number }).shown + 1 }),
        ...keeps,
      },
      run: run((lists, { queries }) =>
        lists.map(({ items, scores }, q) => {
          const from = createRng(queries.seeds[q]!).int(2);
          return { items: items.slice(from), scores: scores.slice(from) };
        }),
      ),
    }),
  });

const checksOf = (breach: Breach = {}) => stageConformance(toyStage(breach));
const after =
  (change: (lists: readonly ItemList[], context: StageContext) => void) =>
  (good: Run): Run =>
  (lists, context) => {
    const made = good(lists, context);
    change(made, context);
    return made;
  };
const accident = (): never => {
  throw new TypeError('an accident');
};

const BREACHES: Readonly<Record<string, Breach>> = {
  'run: one ranked list a query': {
    run: (good) => (lists, context) => {
      const made = good(lists, context);
      lists.forEach(({ items }, q) => {
        if (items.length === 8) made[q]!.scores.fill(Number.NaN, 5);
      });
      return made;
    },
  },
  'run: lists only what is allowed': {
    run: after((lists, { allowed, itemCount }) => {
      lists.forEach(({ items }, q) => {
        const other = Array.from({ length: itemCount }, (_, item) => item).find((item) => !allowed(q, item));
        if (items.length > 0) items[0] = other!;
      });
    }),
  },
  'run: neither the date nor Math.random matters': {
    run: after((lists) => {
      const day = Math.floor(Date.now() / 86_400_000);
      for (const { scores } of lists) scores.set(scores.map((score) => score + (day % 1000)));
    }),
  },
  'run: a query alone is answered as in a batch': {
    run: after((lists) => {
      if (lists.length === 1) lists[0]!.scores.fill(0);
    }),
  },
  'run: changes nothing it is given': {
    run: (good) => (lists, context) => {
      context.queries.now.fill(0);
      return good(lists, context);
    },
  },
  'run: empty lists and lists shorter than n': {
    run: (good) => (lists, context) => (lists.length === 0 ? accident() : good(lists, context)),
  },
  'run: n of 0 and n beyond the list': {
    run: (good) => (lists, context) => (context.n.includes(0) ? accident() : good(lists, context)),
  },
  'keeps: reduces without changing, to JSON': {
    keeps: { reduce: (state) => Object.assign(state as object, { shown: Math.random() }) },
  },
  'keeps: runs before and after there is a state': {
    run: (good) => (lists, context) => ('toy' in context.queries.extra ? accident() : good(lists, context)),
  },
};

it('passes a stage that keeps its contract', () => expectFailures(checksOf(), []));

for (const [name, breach] of Object.entries(BREACHES)) {
  it(`fails a stage by "${name}" alone`, () => expectFailures(checksOf(breach), [name]));
}

it('has a broken stage for each check of its own', () => {
  const names = checksOf().map(({ name }) => name);
  const own = names.filter((name) => /^(run|keeps):/.test(name) && name !== RANDOM[0]);
  expect(Object.keys(BREACHES)).toEqual(own);
});

/** Who draws without the seed cannot draw the same alone. */
const RANDOM = [
  'run: the same seeds give the same lists',
  'run: neither the date nor Math.random matters',
  'run: a query alone is answered as in a batch',
];

it('fails a stage that draws without the seed', () => {
  const random = after((lists) => {
    for (const { scores } of lists) scores.set(scores.map((_, k) => 1 - k / 10 - Math.random() / 20));
  });
  return expectFailures(checksOf({ run: random }), RANDOM);
});

it('fails a stage whose kept state becomes a Map', async () => {
  const keeps = { reduce: () => new Map([['shown', 1]]) as never };
  const [check] = checksOf({ keeps }).filter(({ name }) => name === 'keeps: reduces without changing, to JSON');
  await expect(check!.run()).rejects.toThrow('the new state is a Map');
});

it('fails a stage that blocks the event loop', async () => {
  const slow = after(() => {
    const until = performance.now() + 300;
    while (performance.now() < until);
  });
  const [check] = checksOf({ run: slow }).filter(({ name }) => name === 'turns: others have a turn while it runs');
  await expectFailures([check!], [check!.name]);
});
