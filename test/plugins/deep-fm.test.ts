import { type ComponentState, type Dataset, type FitOptions, noFeatures } from 'recograph';
import { deepFm } from 'recograph/plugins/deep-fm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRuntime, type OwnedRuntime } from '../../core/runtime/index.ts';
import { contextWorld, twistedWorld } from '../support/context-world.ts';
import { fitOptions, itemSet, noInputs, stranger, tiny } from '../support/tiny.ts';

let runtime: OwnedRuntime;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
});
afterAll(() => runtime.dispose());

const model = (config: object = {}) => deepFm.create(deepFm.schema.parse(config) as never, { runtime } as never);
const learn = (data: Dataset, config: object = {}, options: Partial<FitOptions> = {}) =>
  model(config).fit(data, noInputs, fitOptions(options));
const settings = {
  factors: 4,
  hidden: [8, 8],
  dropout: 0,
  epochs: 40,
  learningRate: 0.02,
  batchSize: 32,
  regularization: 0,
};

/** One user, one item, one number of the item; every parameter written down. */
const byHand = (variant: string) => {
  const fields = [
    { name: 'user', side: 'user', kind: 'id', offset: 0, size: 1 },
    { name: 'item', side: 'item', kind: 'id', offset: 1, size: 1 },
    { name: 'item.x', side: 'item', column: 'x', kind: 'dense', offset: 2, size: 2 },
  ];
  const shape = { layout: { fields, rows: 4 }, variant, factors: 1, hidden: [2], dropout: 0 };
  const tensor = (shape: number[], ...data: number[]) => ({ shape, data: Float32Array.from(data) });
  return {
    json: { shape, task: 'regression', observed: true },
    tensors: {
      vectors: tensor([4, 1], 2, 3, -1, 7),
      weights: tensor([4, 1], 0.1, 0.2, -0.3, 7),
      bias: tensor([1], 0.4),
      'first/query': tensor([1, 2], 1, -1),
      'first/item': tensor([2, 2], 0.5, 1, -0.25, 2),
      'first/bias': tensor([2], 0.1, 0.2),
      'output/weights': tensor([2, 1], 2, -3),
      'output/bias': tensor([1], 0.05),
    },
  } as unknown as ComponentState;
};

it.each([
  // x = 2: embeddings 2, 3, -2. Hidden: relu(2 + 1.5 + .5 + .1) = 4.1, relu(-2 + 3 - 4 + .2) = 0; network 8.25.
  ['deep', 8.25 + 0.4],
  // Weights: .1 + .2 - .6.
  ['wide-and-deep', 8.65 - 0.3],
  // Pairs: 2 * 3 + 2 * -2 + 3 * -2.
  ['deep-fm', 8.35 - 4],
])('scores by the equation of %s, worked out by hand', async (variant, expected) => {
  const fitted = await model().restore(byHand(variant), noInputs);
  const x = { kind: 'dense', width: 1, values: Float32Array.of(2) } as const;
  const items = { ...itemSet(0), features: { rows: 1, columns: { x } } };
  const [score] = await fitted.score({ ...stranger(), users: Int32Array.of(0) }, items);
  expect(score).toBeCloseTo(expected, 4);
  fitted.dispose?.();
});

it.each(['deep', 'wide-and-deep', 'deep-fm'])('%s learns what no sum of weights can', async (variant) => {
  const events = [0, 1].flatMap((user) =>
    [0, 1].flatMap((item) => Array.from({ length: 20 }, () => ({ user, item, label: user === item ? 1 : 0 }))),
  );
  const { data, ask, set } = contextWorld(events);
  const fitted = await learn(data, { ...settings, variant });
  const [a, b, c, d] = await fitted.score(ask({ user: 0 }, { user: 1 }), set([0], [1]));
  expect(Math.min(a!, d!)).toBeGreaterThan(0.9);
  expect(Math.max(b!, c!)).toBeLessThan(0.1);
  expect(fitted.capabilities.calibrated).toBe('probability');
});

it('predicts values', async () => {
  const events = Array.from({ length: 40 }, (_, k) => {
    const [user, item] = [k % 2, (k >> 1) % 2];
    return { user, item, label: 1, value: 3 + (user === item ? 1 : -1) };
  });
  const { data, ask, set } = contextWorld(events);
  const fitted = await learn(data, { ...settings, task: 'regression' });
  const scores = await fitted.score(ask({ user: 0 }, { user: 1 }), set([0], [1]));
  for (const [k, value] of [4, 2, 2, 4].entries()) expect(Math.abs(scores[k]! - value)).toBeLessThan(0.1);
  expect(fitted.capabilities.calibrated).toBe('value');
});

it('shrinks embeddings where whole tables are regularized', async () => {
  const events = Array.from({ length: 40 }, (_, k) => ({ user: 0, item: 0, label: k % 2 }));
  const { data } = contextWorld(events, [{}, {}], [{}, {}]);
  const norm = async (tableRegularization: number) => {
    const fitted = await learn(data, { ...settings, epochs: 20, tableRegularization });
    return Math.max(...Float32Array.from(fitted.state().tensors.vectors!.data, Math.abs));
  };
  expect(await norm(1)).toBeLessThan((await norm(0)) / 10);
});

it('draws negatives where only positives were recorded', async () => {
  // Everybody chose items 0 and 1; 2 to 5 are never chosen.
  const rows = Array.from({ length: 16 }, (_, k) => [k >> 1, k % 2]);
  const data = tiny(8, 6, rows);
  const fitted = await learn(data, settings);
  expect(fitted.capabilities.calibrated).toBe('none');
  const scores = await fitted.score({ ...stranger(), users: Int32Array.of(3) }, itemSet(0, 1, 2, 3, 4, 5));
  expect(Math.min(...scores.slice(0, 2))).toBeGreaterThan(Math.max(...scores.slice(2)));
});

describe('a fitted network', () => {
  const { data, ask, set } = twistedWorld();
  let shared: ReturnType<typeof learn> | undefined;
  const fittedOnce = () => {
    shared ??= learn(data, settings);
    return shared;
  };
  const evening = { user: 0, context: { time: 'evening', load: 1 } };
  const morning = { user: 0, context: { time: 'morning', load: 1 } };
  const nobody = { user: -1, context: { time: 'morning' }, attributes: { age: 20 } };

  it("changes its scores with the request's context", async () => {
    const fitted = await fittedOnce();
    const [a, b] = await fitted.score(ask(morning, evening), set([0]));
    expect(fitted.capabilities.context).toBe(true);
    expect(a).not.toBeCloseTo(b!, 3);
  });

  it('scores unknown users and items by their attributes, and has NaN where it knows nothing', async () => {
    const fitted = await fittedOnce();
    expect(fitted.capabilities).toMatchObject({ coldUsers: ['attributes'], coldItems: true });
    const scores = await fitted.score(ask(nobody), set([9, { genre: 'noir', price: 0, tags: ['noir'] }]));
    expect(scores[0]).toBeGreaterThan(0);
    const bare = await learn(data, { ...settings, epochs: 1, fields: [] });
    expect(bare.capabilities).toMatchObject({ coldUsers: [], coldItems: false });
    expect([...(await bare.score(ask(morning, nobody), set([0], [9])))].map(Number.isNaN)).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  it('answers without any attributes', async () => {
    const bare = { ...ask(morning), context: noFeatures(1), userFeatures: noFeatures(1) };
    for (const p of await (await fittedOnce()).score(bare, itemSet(0, 1))) expect(Number.isFinite(p)).toBe(true);
  });

  it('gives the same alone as in a batch, ragged as shared, restored as fitted', async () => {
    const fitted = await fittedOnce();
    const queries = [morning, evening, nobody];
    const items = set([0], [1], [7]);
    const all = [...(await fitted.score(ask(...queries), items))];
    const single = await Promise.all(queries.map(async (query) => [...(await fitted.score(ask(query), items))]));
    expect(single.flat()).toHaveLength(all.length);
    for (const [k, score] of single.flat().entries()) expect(score).toBeCloseTo(all[k]!, 5);
    const { indices, features } = set([0], [1], [7], [0], [1], [7], [0], [1], [7]);
    const ragged = { kind: 'ragged', offsets: Uint32Array.of(0, 3, 6, 9), indices, features } as const;
    for (const [k, score] of (await fitted.score(ask(...queries), ragged)).entries())
      expect(score).toBeCloseTo(all[k]!, 5);
    const state = structuredClone(fitted.state());
    const restored = await model().restore({ ...state, json: JSON.parse(JSON.stringify(state.json)) }, noInputs);
    expect([...(await restored.score(ask(...queries), items))]).toEqual(all);
  });

  it('is the same for the same seed, and for a training that was interrupted', async () => {
    const short = { ...settings, dropout: 0.3, epochs: 3 };
    const expected = (await learn(data, short)).state();
    expect((await learn(data, short)).state()).toEqual(expected);
    let saved: ComponentState | undefined;
    const stop = new AbortController();
    const checkpoint = {
      load: async () => saved,
      save: async (state: ComponentState) => {
        saved = structuredClone(state);
        stop.abort();
      },
    };
    await expect(learn(data, short, { checkpoint, signal: stop.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect((await learn(data, short, { checkpoint })).state()).toEqual(expected);
  });

  it('stops early on the validation part', async () => {
    const metrics: number[] = [];
    const report = ({ metric }: { metric?: number }) => metric !== undefined && metrics.push(metric);
    await learn(data, { ...settings, patience: 2 }, { validation: data, report });
    expect(metrics.length).toBeLessThan(60);
    expect(Math.max(...metrics)).toBe(metrics.at(-3));
  });

  it('leaves no tensor behind', async () => {
    const before = runtime.describe().tensors;
    (await learn(data, { ...settings, epochs: 1 })).dispose?.();
    expect(runtime.describe().tensors).toBe(before);
  });
});

it('refuses a config without a field of the item', async () => {
  const { data } = twistedWorld();
  await expect(learn(data, { ids: ['user'], fields: [] })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

it('scores the same on wasm and cpu, given equal weights', async () => {
  const { data, ask, set } = twistedWorld();
  const fitted = await learn(data, { ...settings, epochs: 5 });
  const [queries, items] = [ask({ user: 0, context: { time: 'morning' } }, { user: -1 }), set([0], [1], [2], [3])];
  const state = structuredClone(fitted.state());
  const wasm = await fitted.score(queries, items);
  fitted.dispose?.();
  runtime.dispose();
  runtime = await createRuntime('cpu');
  const cpu = await (await model().restore(state, noInputs)).score(queries, items);
  for (const [k, score] of cpu.entries()) expect(Math.abs(wasm[k]! - score)).toBeLessThan(1e-4 * Math.abs(score));
});
