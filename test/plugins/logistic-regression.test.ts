import type { Attributes, Dataset, FittedModel, QueryBatch } from 'recograph';
import { createDataset, createVocabulary, fitFeatureVocabulary, noFeatures, sortInteractions } from 'recograph';
import { logisticRegression } from 'recograph/plugins/logistic-regression';
import { describe, expect, it } from 'vitest';
import { fitOptions, itemSet, noInputs, stranger, tiny } from '../support/tiny.ts';

const model = (config: object = {}) =>
  logisticRegression.create(logisticRegression.schema.parse(config) as never, {} as never);
const learn = (data: Dataset, config: object = {}) => model(config).fit(data, noInputs, fitOptions());
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

interface Event {
  user?: number;
  item?: number;
  label: number;
  context?: Attributes;
}

/** A world of events with contexts, and attributes of users and items. */
const world = (
  events: readonly Event[],
  items: readonly Attributes[] = [{}, {}],
  users: readonly Attributes[] = [{}, {}],
) => {
  const contexts = fitFeatureVocabulary(events.map(({ context }) => context ?? {}));
  const ofItems = fitFeatureVocabulary(items);
  const ofUsers = fitFeatureVocabulary(users);
  const data = createDataset({
    users: createVocabulary(users.map((_, u) => `u${u}`)),
    items: createVocabulary(items.map((_, i) => `i${i}`)),
    interactions: sortInteractions(
      {
        users: Int32Array.from(events, ({ user = 0 }) => user),
        items: Int32Array.from(events, ({ item = 0 }) => item),
        weights: Float32Array.from(events, ({ label }) => label),
        values: Float32Array.from(events, ({ label }) => label),
        context: contexts.encode(events.map(({ context }) => context ?? {})),
      },
      users.length,
    ),
    itemFeatures: ofItems.encode(items),
    userFeatures: ofUsers.encode(users),
  });
  /** One query a row: user index, context, attributes. */
  const ask = (...rows: { user: number; context?: Attributes; attributes?: Attributes }[]): QueryBatch => ({
    size: rows.length,
    users: Int32Array.from(rows, ({ user }) => user),
    seeds: new Uint32Array(rows.length),
    histories: { ...stranger().histories, offsets: new Uint32Array(rows.length + 1) },
    userFeatures: ofUsers.encode(rows.map(({ user, attributes }) => attributes ?? users[user] ?? {})),
    context: contexts.encode(rows.map(({ context }) => context ?? {})),
    now: new Float64Array(rows.length),
    extra: {},
  });
  const set = (...rows: [number, Attributes?][]) =>
    ({
      kind: 'shared',
      indices: Int32Array.from(rows, ([item]) => item),
      features: ofItems.encode(rows.map(([item, attributes]) => attributes ?? items[item] ?? {})),
    }) as const;
  return { data, ask, set };
};

const repeat = (count: number, event: Event): Event[] => Array.from({ length: count }, () => event);
const score = async (fitted: FittedModel, ...args: Parameters<FittedModel['score']>) => [
  ...(await fitted.score(...args)),
];

describe('FTRL-Proximal', () => {
  const one = tiny(1, 1, [[0, 0]]);
  const options = { negatives: 0, epochs: 1, learningRate: 0.1 };
  // p = 1/2, g = -1/2, z = -1/2, n = 1/4: w = (1/2) / ((1 + 1/2) / 0.1 + L2).
  const known = { ...stranger(), users: Int32Array.of(0) };

  it('takes the first step worked out by hand', async () => {
    const [p] = await score(await learn(one, { ...options, regularization: 0 }), known, itemSet(0));
    expect(p).toBeCloseTo(sigmoid(3 / 30), 6);
  });

  it('penalises weights but not the intercept', async () => {
    const [p] = await score(await learn(one, { ...options, regularization: 1 }), known, itemSet(0));
    expect(p).toBeCloseTo(sigmoid(2 / 16 / 2 + 1 / 30), 6);
  });

  it('leaves weights at exactly 0 that do not pay the L1 penalty', async () => {
    const [p] = await score(await learn(one, { ...options, regularization: 0, sparsity: 0.5 }), known, itemSet(0));
    expect(p).toBeCloseTo(sigmoid(1 / 30), 6);
  });
});

describe('logistic regression', () => {
  const long = { regularization: 0, epochs: 400, learningRate: 0.5 };

  it('learns the rate of positives', async () => {
    const { data, ask, set } = world([...repeat(30, { label: 1 }), ...repeat(10, { label: 0 })]);
    const fitted = await learn(data, long);
    expect((await score(fitted, ask({ user: 0 }), set([0])))[0]).toBeCloseTo(0.75, 1);
    expect(fitted.capabilities.calibrated).toBe('probability');
  });

  it("scores by the request's context", async () => {
    const { data, ask, set } = world([
      ...repeat(18, { label: 1, context: { time: 'evening' } }),
      ...repeat(2, { label: 0, context: { time: 'evening' } }),
      ...repeat(2, { label: 1, context: { time: 'morning' } }),
      ...repeat(18, { label: 0, context: { time: 'morning' } }),
    ]);
    const fitted = await learn(data, long);
    const queries = ask({ user: 0, context: { time: 'evening' } }, { user: 0, context: { time: 'morning' } });
    const [evening, morning] = await score(fitted, queries, set([0]));
    expect(evening).toBeCloseTo(0.9, 1);
    expect(morning).toBeCloseTo(0.1, 1);
    expect(fitted.capabilities.context).toBe(true);
  });

  it('scores unknown users and items by their attributes', async () => {
    const items = [{ genre: 'noir' }, { genre: 'noir' }, { genre: 'farce' }, { genre: 'farce' }];
    const events = items.flatMap(({ genre }, item) => repeat(10, { item, label: genre === 'noir' ? 1 : 0 }));
    const { data, ask, set } = world(events, items);
    const fitted = await learn(data);
    const [noir, farce] = await score(fitted, ask({ user: -1 }), set([9, { genre: 'noir' }], [9, { genre: 'farce' }]));
    expect(noir).toBeGreaterThan(0.7);
    expect(farce).toBeLessThan(0.3);
  });

  it('tells users apart by crosses, as no sum of their weights could', async () => {
    const events = [0, 1].flatMap((user) =>
      [0, 1].flatMap((item) => repeat(20, { user, item, label: user === item ? 1 : 0 })),
    );
    const { data, ask, set } = world(events);
    const plain = await score(await learn(data), ask({ user: 0 }, { user: 1 }), set([0], [1]));
    for (const p of plain) expect(p).toBeCloseTo(0.5, 1);
    const crossed = await learn(data, { crosses: [['user', 'item']], epochs: 30 });
    const [a, b, c, d] = await score(crossed, ask({ user: 0 }, { user: 1 }), set([0], [1]));
    expect(Math.min(a!, d!)).toBeGreaterThan(0.8);
    expect(Math.max(b!, c!)).toBeLessThan(0.2);
  });

  it('draws negatives where only positives were recorded', async () => {
    // Everybody chose items 0 and 1; 2 to 5 are never chosen.
    const data = tiny(
      8,
      6,
      [...Array(16).keys()].map((k) => [k >> 1, k % 2]),
    );
    const fitted = await learn(data);
    const scores = await score(fitted, stranger(), itemSet(0, 1, 2, 3, 4, 5));
    expect(Math.min(...scores.slice(0, 2))).toBeGreaterThan(Math.max(...scores.slice(2)));
    expect(fitted.capabilities.calibrated).toBe('none');
  });

  it('reads dense numbers and bags, with a weight of its own for missing ones', async () => {
    const items = [{ price: -1, tags: ['a', 'b'] }, { price: 1, tags: ['c'] }, {}];
    const { data, ask, set } = world(
      [0, 1, 2].flatMap((item) => repeat(10, { item, label: item === 0 ? 1 : 0 })),
      items,
    );
    for (const fields of [['item.price'], ['item.tags']]) {
      const fitted = await learn(data, { ids: [], fields, epochs: 40 });
      const [first, second, third] = await score(fitted, ask({ user: 0 }), set([0], [1], [2]));
      expect(first).toBeGreaterThan(0.5);
      expect(second).toBeLessThan(0.5);
      expect(third).toBeLessThan(0.5);
    }
  });
});

describe('a fitted logistic regression', () => {
  const events = Array.from({ length: 60 }, (_, k) => ({
    user: k % 2,
    item: k % 3 === 0 ? 1 : 0,
    label: k % 5 < 2 ? 1 : 0,
    context: { slot: `s${k % 4}`, load: k / 10 },
  }));
  const { data, ask, set } = world(events, [{ genre: 'x' }, { genre: 'y' }], [{ age: 20 }, { age: 60 }]);
  const config = { crosses: [['item', 'context.slot']] };
  const queries = [0, 1, -1].map((user) => ({ user, context: { slot: 's2', load: user } }));

  it('gives the same from the same seed, from a batch as from its queries, ragged as shared, and restored', async () => {
    const fitted = await learn(data, config);
    const all = await score(fitted, ask(...queries), set([0], [1], [7]));
    expect(await score(await learn(data, config), ask(...queries), set([0], [1], [7]))).toEqual(all);
    const single = await Promise.all(queries.map((query) => score(fitted, ask(query), set([0], [1], [7]))));
    expect(single.flat()).toEqual(all);
    const state = fitted.state();
    const restored = await model(config).restore({ ...state, json: JSON.parse(JSON.stringify(state.json)) }, noInputs);
    expect(await score(restored, ask(...queries), set([0], [1], [7]))).toEqual(all);
    const { indices, features } = set([0], [1], [7], [0], [1], [7], [0], [1], [7]);
    const ragged = { kind: 'ragged', offsets: Uint32Array.of(0, 3, 6, 9), indices, features } as const;
    expect(await score(fitted, ask(...queries), ragged)).toEqual(all);
  });

  it('answers without any attributes', async () => {
    const fitted = await learn(data, config);
    const bare = { ...ask(...queries), context: noFeatures(3), userFeatures: noFeatures(3) };
    for (const p of await score(fitted, bare, itemSet(0, 1, 9))) expect(p).toBeGreaterThan(0);
  });

  it('learns from values where asked, without the events that have none', async () => {
    const { interactions } = data;
    const values = interactions.values.map((value, k) => (k % 2 ? Number.NaN : 1 - value));
    const inverted = { ...data, interactions: { ...interactions, values } };
    const fitted = await learn(inverted, { label: 'value' });
    const [p] = await score(fitted, ask(queries[0]!), set([0]));
    expect(p).toBeGreaterThan(0.5);
  });

  it('fits no events at all', async () => {
    const fitted = await learn(tiny(1, 1, []));
    expect(await score(fitted, stranger(), itemSet(0))).toEqual([0.5]);
  });

  it('names the columns there are when a field is unknown, and refuses crosses of numbers', async () => {
    await expect(learn(data, { fields: ['context.slto'] })).rejects.toThrow(
      /context\.slto.*Known: user, item, .*context\.slot/,
    );
    await expect(learn(data, { crosses: [['item', 'context.load']] })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });

  it('reports its loss, falling, and stops when cancelled', async () => {
    const losses: number[] = [];
    await model().fit(data, noInputs, fitOptions({ report: ({ loss }) => losses.push(loss!) }));
    expect(losses).toHaveLength(10);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    const cancelled = model().fit(data, noInputs, fitOptions({ signal: AbortSignal.abort() }));
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
