import type { ComponentState, Dataset, FitOptions } from 'recograph';
import { createRuntime, type OwnedRuntime } from 'recograph';
import { factorizationMachine } from 'recograph/plugins/factorization-machine';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { contextWorld } from '../support/context-world.ts';
import { fieldModelTests } from '../support/field-model.ts';
import { fitOptions, itemSet, noInputs, stranger } from '../support/tiny.ts';

let runtime: OwnedRuntime;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
});
afterAll(() => runtime.dispose());

const model = (config: object = {}) =>
  factorizationMachine.create(factorizationMachine.schema.parse(config) as never, { runtime } as never);
const learn = (data: Dataset, config: object = {}, options: Partial<FitOptions> = {}) =>
  model(config).fit(data, noInputs, fitOptions(options));
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const settings = { factors: 4, epochs: 60, learningRate: 0.05, batchSize: 32, regularization: 0 };

fieldModelTests(factorizationMachine as never, () => runtime, settings);

it('scores by the equation, worked out by hand', async () => {
  // One user (v = [1, 2], w = .1), one item (v = [3, -1], w = .2), a number x = 2 with v = [.5, 0], w = -.3; w0 = .4.
  const features = [
    { name: 'user', side: 'user', kind: 'id', offset: 0, size: 1 },
    { name: 'item', side: 'item', kind: 'id', offset: 1, size: 1 },
    { name: 'item.x', side: 'item', column: 'x', kind: 'dense', offset: 2, size: 2 },
  ];
  const state = {
    json: { layout: { fields: features, rows: 4 }, task: 'regression', observed: true },
    tensors: {
      bias: { shape: [1], data: Float32Array.of(0.4) },
      weights: { shape: [4], data: Float32Array.of(0.1, 0.2, -0.3, 7) },
      vectors: { shape: [4, 2], data: Float32Array.of(1, 2, 3, -1, 0.5, 0, 7, 7) },
    },
  } as unknown as ComponentState;
  const fitted = await model().restore(state, noInputs);
  const x = { kind: 'dense', width: 1, values: Float32Array.of(2) } as const;
  const items = { ...itemSet(0), features: { rows: 1, columns: { x } } };
  const [score] = await fitted.score({ ...stranger(), users: Int32Array.of(0) }, items);
  // .4 + .1 + .2 - .6 + <u, i> + 2 <u, x> + 2 <i, x> = .1 + 1 + 1 + 3
  expect(score).toBeCloseTo(5.1, 5);
});

it('learns what no sum of weights can: order 2 does, order 1 does not', async () => {
  const events = [0, 1].flatMap((user) =>
    [0, 1].flatMap((item) => Array.from({ length: 20 }, () => ({ user, item, label: user === item ? 1 : 0 }))),
  );
  const { data, ask, set } = contextWorld(events);
  const queries = ask({ user: 0 }, { user: 1 });
  const linear = await (await learn(data, { ...settings, order: 1 })).score(queries, set([0], [1]));
  for (const p of linear) expect(p).toBeCloseTo(0.5, 1);
  const [a, b, c, d] = await (await learn(data, settings)).score(queries, set([0], [1]));
  expect(Math.min(a!, d!)).toBeGreaterThan(0.9);
  expect(Math.max(b!, c!)).toBeLessThan(0.1);
});

it('with order 1 learns the rate of positives: logistic regression', async () => {
  const events = Array.from({ length: 40 }, (_, k) => ({ label: k < 30 ? 1 : 0 }));
  const { data, ask, set } = contextWorld(events);
  const fitted = await learn(data, { ...settings, order: 1, batchSize: 64 });
  expect((await fitted.score(ask({ user: 0 }), set([0])))[0]).toBeCloseTo(0.75, 2);
  expect(fitted.capabilities.calibrated).toBe('probability');
});

it('calibrates: the logit of a lone feature is its weight', async () => {
  const { data, ask, set } = contextWorld([{ label: 1 }, { label: 0 }]);
  const fitted = await learn(data, { order: 1, epochs: 1, learningRate: 0.1, batchSize: 2, regularization: 0 });
  // One batch of one positive and one negative, all else equal: every gradient is zero.
  expect((await fitted.score(ask({ user: 0 }), set([0])))[0]).toBeCloseTo(sigmoid(0), 6);
});
