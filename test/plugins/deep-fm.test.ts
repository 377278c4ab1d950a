import type { ComponentState, Dataset, FitOptions } from 'recograph';
import { createRuntime, type OwnedRuntime } from 'recograph';
import { deepFm } from 'recograph/plugins/deep-fm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { contextWorld, twistedWorld } from '../support/context-world.ts';
import { fieldModelTests } from '../support/field-model.ts';
import { fitOptions, itemSet, noInputs, stranger } from '../support/tiny.ts';

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

fieldModelTests(deepFm as never, () => runtime, settings, { dropout: 0.3 });

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

it('refuses a config without a field of the item', async () => {
  const { data } = twistedWorld();
  await expect(learn(data, { ids: ['user'], fields: [] })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
