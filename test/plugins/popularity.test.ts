import { queriesOf } from 'recograph';
import { popularity } from 'recograph/plugins/popularity';
import { expect, it } from 'vitest';
import { fitOptions, itemSet, noInputs, stranger, tiny } from '../support/tiny.ts';

/** user, item, weight, day. Item 2 was seen, but never liked; item 3 nobody knows. */
const rows = [
  [0, 0, 1, 0],
  [1, 0, 1, 7],
  [0, 1, 2, 14],
  [1, 2, 0, 14],
];
const data = tiny(2, 4, rows);
const model = (config: object) => popularity.create(popularity.schema.parse(config) as never, {} as never);
const learn = (config: object) => model(config).fit(data, noInputs, fitOptions());
const all = itemSet(0, 1, 2, 3, 4);

it('counts positives by their weight', async () => {
  const fitted = await learn({});
  expect([...(await fitted.score(stranger(), all))]).toEqual([2, 2, 0, 0, Number.NaN]);
});

it('halves an event every half-life before the newest one', async () => {
  const fitted = await learn({ halfLifeDays: 7 });
  const scores = await fitted.score(stranger(), all);
  // item 0: 14 days old = 1/4, 7 days old = 1/2; item 1: today, weight 2.
  expect(scores[0]).toBeCloseTo(0.75, 6);
  expect(scores[1]).toBe(2);
});

it('gives everybody the same scores', async () => {
  const fitted = await learn({ halfLifeDays: 7 });
  const scores = await fitted.score(queriesOf(data, Int32Array.of(0, 1)), itemSet(0, 1));
  expect(scores.slice(0, 2)).toEqual(scores.slice(2));
});

it('lists the best first, ties by item, without what is excluded or not allowed', async () => {
  const fitted = await learn({});
  const exclude = { offsets: Uint32Array.of(0, 1), values: Int32Array.of(0) };
  const lists = await fitted.recommend!(stranger(), 9, { exclude });
  expect(lists[0]).toEqual({ items: Int32Array.of(1, 2, 3), scores: Float32Array.of(2, 0, 0) });
  const allow = { size: 4, words: Uint32Array.of(0b1001) };
  expect((await fitted.recommend!(stranger(), 9, { exclude, allow }))[0]!.items).toEqual(Int32Array.of(3));
});

it('restores what it saved', async () => {
  const fitted = await learn({ halfLifeDays: 3 });
  const restored = await model({}).restore(fitted.state(), noInputs);
  expect(await restored.score(stranger(), all)).toEqual(await fitted.score(stranger(), all));
});

it('stops when cancelled', async () => {
  const signal = AbortSignal.abort();
  await expect(model({}).fit(data, noInputs, fitOptions({ signal }))).rejects.toMatchObject({ code: 'CANCELLED' });
});

it('refuses a half-life of zero', () => {
  expect(popularity.schema.safeParse({ halfLifeDays: 0 }).success).toBe(false);
});
