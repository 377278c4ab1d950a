import {
  type ComponentState,
  createRuntime,
  type Dataset,
  type FittedModel,
  type OwnedRuntime,
  queriesOf,
} from 'recograph';
import { table } from 'recograph/nn';
import { mf } from 'recograph/plugins/mf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRows } from '../../core/nn/feeds.ts';
import { impliedFeeds, impliedItems, impliedNorm, impliedVectors } from '../../plugins/mf/implied.ts';
import { contextWorld } from '../support/context-world.ts';
import { fitOptions, itemSet, noInputs, stranger, tiny } from '../support/tiny.ts';

let runtime: OwnedRuntime;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
});
afterAll(() => runtime.dispose());

const model = (config: object) => mf.create(mf.schema.parse(config) as never, { runtime } as never);
const learn = (data: Dataset, config: object) => model(config).fit(data, noInputs, fitOptions());
const settings = { factors: 4, epochs: 60, learningRate: 0.02, batchSize: 64, regularization: 0.002 };

describe('svd++', () => {
  /** Mean 3, items 2 and -1 with biases .1 and .2, y 5 and 3 tenths, no user; L2 .5. */
  const state: ComponentState = {
    json: { explicit: true, mean: 3, regularization: 0.5, negatives: 0, until: 0, layout: null },
    tensors: {
      users: { shape: [0, 1], data: new Float32Array(0) },
      userBias: { shape: [0], data: new Float32Array(0) },
      items: { shape: [2, 1], data: Float32Array.of(2, -1) },
      itemBias: { shape: [2], data: Float32Array.of(0.1, 0.2) },
      implied: { shape: [2, 1], data: Float32Array.of(0.5, 0.3) },
    },
  };
  const asking = (...values: number[]) => {
    const query = stranger(...values.map((_, item) => item));
    return { ...query, histories: { ...query.histories, values: Float32Array.from(values) } };
  };

  it('scores by the items of the history alone where they have no values, worked out by hand', async () => {
    const fitted = await model({}).restore(state, noInputs);
    const [first, second] = await fitted.score(asking(Number.NaN, Number.NaN), itemSet(0, 1));
    const implied = (0.5 + 0.3) / Math.SQRT2;
    expect(first).toBeCloseTo(3 + 0.1 + 2 * implied, 5);
    expect(second).toBeCloseTo(3 + 0.2 - implied, 5);
  });

  it('fits the values of the history by ridge regression around that', async () => {
    const fitted = await model({}).restore(state, noInputs);
    const [score] = await fitted.score(asking(5), itemSet(0));
    // One row x = (2, 1): the fit goes |x|^2 / (|x|^2 + L2) of the way from 3 + .1 + 2 * .5 to 5.
    expect(score).toBeCloseTo(4.1 + (5 / 5.5) * (5 - 4.1), 5);
  });

  it('adds up what N(u) implies once a user, and its norm once an example', () => {
    const taken = impliedItems(
      tiny(2, 3, [
        [0, 0],
        [0, 1],
        [0, 1],
        [1, 2],
      ]),
    );
    expect([...taken.offsets]).toEqual([0, 2, 3]);
    expect([...taken.values]).toEqual([0, 1, 2]);
    const vectors = table('implied', 3, 1, () => Float32Array.of(1, 2, 4));
    const feeds = impliedFeeds({ vectors, taken }, Int32Array.of(0, 1, 0));
    const { tf } = runtime;
    const [sums, norm] = runtime.scope(() => {
      const tensors = {
        impliedSums: tf.tensor(readRows(feeds.impliedSums!), [2, 1]),
        impliedUser: tf.tensor1d(feeds.impliedUser!, 'int32'),
        impliedItems: tf.tensor(readRows(feeds.impliedItems!), [3, 1]),
        impliedShares: tf.tensor(feeds.impliedShares!.data, [3, 1]),
      };
      return [[...impliedVectors(tf, tensors).dataSync()], impliedNorm(tf, tensors).dataSync()[0]!];
    });
    for (const [k, value] of [3 / Math.SQRT2, 4, 3 / Math.SQRT2].entries()) expect(sums[k]).toBeCloseTo(value, 5);
    expect(norm).toBeCloseTo((2 / 3) * (1 + 4) + (1 / 3) * 16, 4);
  });

  it('learns a taste from which items were chosen', async () => {
    // Who has events with items 0 and 1 likes item 4, who has with 2 and 3 does not; those events' values say nothing.
    const events = Array.from({ length: 24 }, (_, user) => {
      const camp = user % 2;
      const chosen = [2 * camp, 2 * camp + 1].map((item) => ({ user, item, label: 1, value: 3 }));
      return user < 20 ? [...chosen, { user, item: 4, label: 1, value: camp === 0 ? 5 : 1 }] : chosen;
    });
    const users = events.map(() => ({}));
    const { data } = contextWorld(events.flat(), [{}, {}, {}, {}, {}], users);
    const fitted = await learn(data, { ...settings, variant: 'svd++' });
    const [likes, dislikes] = await fitted.score(queriesOf(data, Int32Array.of(20, 21)), itemSet(4));
    expect(likes).toBeGreaterThan(4);
    expect(dislikes).toBeLessThan(2);
  });

  it('refuses implicit feedback, where the items chosen are the answer', async () => {
    const clicks = tiny(2, 3, [[0, 0]]);
    await expect(learn(clicks, { variant: 'svd++', feedback: 'implicit' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      at: 'variant',
    });
  });
});

describe('features', () => {
  // Two camps of users, two genres: 5 where they match, 1 where not. User 8 and item 6 have no event.
  const items = Array.from({ length: 7 }, (_, item) => ({ genre: item % 2 === 0 ? 'noir' : 'farce' }));
  const users = Array.from({ length: 9 }, (_, user) => ({ camp: user % 2 === 0 ? 'a' : 'b' }));
  const events = Array.from({ length: 48 }, (_, k) => {
    const [user, item] = [k % 8, Math.floor(k / 8)];
    return { user, item, label: 1, value: user % 2 === item % 2 ? 5 : 1 };
  });
  const { data, ask, set } = contextWorld(events, items, users);
  const config = { ...settings, fields: ['user.camp', 'item.genre'] };
  let shared: Promise<FittedModel> | undefined;
  const learnOnce = () => {
    shared ??= learn(data, config);
    return shared;
  };

  it('tell the taste of a user without a rating, known or not', async () => {
    const fitted = await learnOnce();
    expect(fitted.capabilities.coldUsers).toEqual(['history', 'attributes']);
    const strange = { user: -1, attributes: { camp: 'b' } };
    const scores = await fitted.score(ask({ user: 8 }, strange), set([0], [1]));
    for (const [k, value] of [5, 1, 1, 5].entries()) expect(Math.abs(scores[k]! - value)).toBeLessThan(1.5);
  });

  it('tell who likes an item without a rating, known or not', async () => {
    const fitted = await learnOnce();
    expect(fitted.capabilities.coldItems).toBe(true);
    const scores = await fitted.score(ask({ user: 0 }, { user: 1 }), set([6], [-1, { genre: 'farce' }]));
    for (const [k, value] of [5, 1, 1, 5].entries()) expect(Math.abs(scores[k]! - value)).toBeLessThan(1.5);
  });

  it('stay in the state', async () => {
    const fitted = await learnOnce();
    const state = structuredClone(fitted.state());
    const restored = await model(config).restore({ ...state, json: JSON.parse(JSON.stringify(state.json)) }, noInputs);
    const [queries, asked] = [ask({ user: 3 }, { user: -1, attributes: { camp: 'a' } }), set([2], [-1, {}])];
    expect([...(await restored.score(queries, asked))]).toEqual([...(await fitted.score(queries, asked))]);
  });

  it('of the context are refused', async () => {
    const { data } = contextWorld([{ label: 1, context: { time: 'morning' } }]);
    await expect(learn(data, { fields: ['context.time'] })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
