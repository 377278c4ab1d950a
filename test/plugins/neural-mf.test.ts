import {
  createDataset,
  createRuntime,
  createVocabulary,
  type Dataset,
  type FittedModel,
  type OwnedRuntime,
  queriesOf,
  sortInteractions,
} from 'recograph';
import { createKernels } from 'recograph/math';
import { neuralMf } from 'recograph/plugins/neural-mf';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fitOptions, itemSet, noInputs, stranger, tiny } from '../support/tiny.ts';

let runtime: OwnedRuntime;
const kernels = createKernels({ threads: 1 });
beforeAll(async () => {
  runtime = await createRuntime('wasm');
});
afterAll(() => runtime.dispose());

const model = (config: object) =>
  neuralMf.create(neuralMf.schema.parse(config) as never, { runtime, kernels } as never);
const fit = (config: object, data: Dataset): Promise<FittedModel> => model(config).fit(data, noInputs, fitOptions());

const USERS = 24;
const ITEMS = 12;
const upTo = (size: number): Int32Array => Int32Array.from({ length: size }, (_, k) => k);
const everyItem = itemSet(...upTo(ITEMS));
/** Users and items of two camps; most of each user's own camp is taken. */
const camps = tiny(
  USERS,
  ITEMS,
  [...upTo(USERS)].flatMap((u) =>
    [...upTo(ITEMS)].filter((i) => i % 2 === u % 2 && (u + i) % 5 !== 0).map((i) => [u, i]),
  ),
);
const small = {
  factors: 4,
  mlpFactors: 4,
  hidden: [8, 4],
  batchSize: 32,
  learningRate: 0.02,
  epochs: 30,
  initScale: 0.1,
};

/** Share of users whose own camp scores above the other on average. */
const inOwnCamp = (scores: Float32Array): number => {
  const mean = (user: number, parity: number) =>
    [...upTo(ITEMS)].filter((i) => i % 2 === parity).reduce((sum, i) => sum + scores[user * ITEMS + i]!, 0);
  return [...upTo(USERS)].filter((u) => mean(u, u % 2) > mean(u, 1 - (u % 2))).length / USERS;
};

it.each([
  { variant: 'neumf' },
  { variant: 'mlp' },
  { variant: 'gmf' },
  { variant: 'dot', biases: true },
  { variant: 'dot', loss: 'bpr' },
  { variant: 'neumf', loss: 'squared', dropout: 0.1 },
  { variant: 'dot', biases: true, sampling: 'whole' },
  { variant: 'gmf', sampling: 'whole', loss: 'squared', unobservedWeight: 0.5, epochs: 60 },
])('tells what users take from what not, known users and strangers: %o', async (config) => {
  const fitted = await fit({ ...small, ...config }, camps);
  const known = queriesOf(camps, upTo(USERS));
  expect(inOwnCamp(await fitted.score(known, everyItem))).toBe(1);
  const strangers = { ...known, users: new Int32Array(USERS).fill(-1) };
  // A network alone is no function of averages of users: better than chance is what it gives.
  expect(inOwnCamp(await fitted.score(strangers, everyItem))).toBeGreaterThan(config.variant === 'mlp' ? 0.6 : 0.99);
  fitted.dispose?.();
});

/** Mean 3, what a user and an item give or take, and a taste. */
const rated = (user: number, item: number): number =>
  3 + (user % 3) * 0.3 - (item % 4) * 0.2 + (user % 2 === item % 2 ? 0.7 : -0.7);
const isHeld = (user: number, item: number): boolean => (user * 7 + item * 3) % 5 === 0;
const ratings = (() => {
  const rows = [...upTo(USERS)].flatMap((u) =>
    [...upTo(ITEMS)].filter((i) => !isHeld(u, i)).map((i) => [u, i] as const),
  );
  return createDataset({
    users: createVocabulary(Array.from(upTo(USERS + 1), (u) => `u${u}`)),
    items: createVocabulary(Array.from(upTo(ITEMS + 1), (i) => `i${i}`)),
    interactions: sortInteractions(
      {
        users: Int32Array.from(rows, ([u]) => u),
        items: Int32Array.from(rows, ([, i]) => i),
        values: Float32Array.from(rows, ([u, i]) => rated(u, i)),
        times: Float64Array.from(rows, (_, k) => k),
      },
      USERS + 1,
    ),
  });
})();

it.each([{ variant: 'neumf' }, { variant: 'gmf' }, { variant: 'dot', biases: true }])(
  'predicts held-out values: %o',
  async (config) => {
    const fitted = await fit(
      { ...small, ...config, epochs: 30, batchSize: 64, learningRate: 0.05, regularization: 0.002 },
      ratings,
    );
    expect(fitted.capabilities.calibrated).toBe('value');
    const scores = await fitted.score(queriesOf(ratings, upTo(USERS)), everyItem);
    let [squares, count] = [0, 0];
    for (let u = 0; u < USERS; u++) {
      for (let i = 0; i < ITEMS; i++) {
        if (!isHeld(u, i)) continue;
        squares += (scores[u * ITEMS + i]! - rated(u, i)) ** 2;
        count++;
      }
    }
    // The values' own deviation is .76.
    expect(Math.sqrt(squares / count)).toBeLessThan(0.35);
    fitted.dispose?.();
  },
);

it('scores by h.(p * q) + w.network(p, q) + c', async () => {
  const fitted = await fit({ ...small, epochs: 2, biases: true }, camps);
  const { tensors } = fitted.state();
  const row = (name: string, k: number): number[] => {
    const { shape, data } = tensors[name]!;
    return [...data.slice(k * shape[1]!, (k + 1) * shape[1]!)] as number[];
  };
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, k) => sum + x * b[k]!, 0);
  const times = (x: readonly number[], name: string): number[] => {
    const width = tensors[name]!.shape[1]!;
    return Array.from({ length: width }, (_, c) =>
      dot(
        x,
        x.map((_, r) => Number(tensors[name]!.data[r * width + c])),
      ),
    );
  };
  const relu = (x: readonly number[], bias: string) =>
    x.map((value, k) => Math.max(0, value + tensors[bias]!.data[k]!));
  const expected = (u: number, i: number): number => {
    const product = row('user/product', u).map((x, k) => x * row('item/product', i)[k]!);
    const [fromUser, fromItem] = [times(row('user/deep', u), 'first/user'), times(row('item/deep', i), 'first/item')];
    const first = relu(
      fromUser.map((x, k) => x + fromItem[k]!),
      'first/bias',
    );
    const second = relu(times(first, 'rest/0/weights'), 'rest/0/bias');
    const biases = row('user/bias', u)[0]! + row('item/bias', i)[0]! + tensors['output/bias']!.data[0]!;
    return dot(product, [...tensors['output/product']!.data]) + times(second, 'output/deep')[0]! + biases;
  };
  const scores = await fitted.score(queriesOf(camps, Int32Array.of(3, 4)), everyItem);
  for (let i = 0; i < ITEMS; i++) {
    expect(scores[i]).toBeCloseTo(expected(3, i), 4);
    expect(scores[ITEMS + i]).toBeCloseTo(expected(4, i), 4);
  }
  fitted.dispose?.();
});

it.each([{ variant: 'gmf' }, { variant: 'dot', biases: true }])('scores by inner products: %o', async (config) => {
  const fitted = await fit({ ...small, ...config, epochs: 3 }, camps);
  const query = queriesOf(camps, Int32Array.of(3));
  const items = fitted.itemVectors!();
  const user = (await fitted.userVectors!(query)).data;
  const scores = await fitted.score(query, everyItem);
  const { tensors } = fitted.state();
  for (let i = 0; i < ITEMS; i++) {
    const vector = items.data.subarray(i * items.columns, (i + 1) * items.columns);
    expect(vector.reduce((sum, x, c) => sum + x * user[c]!, 0)).toBeCloseTo(scores[i]!, 4);
    const [p, q] = [tensors['user/product']!.data, tensors['item/product']!.data];
    const weights = tensors['output/product']?.data ?? [1, 1, 1, 1];
    let sum =
      tensors['output/bias']!.data[0]! + (tensors['user/bias']?.data[3] ?? 0) + (tensors['item/bias']?.data[i] ?? 0);
    for (let f = 0; f < 4; f++) sum += weights[f]! * p[12 + f]! * q[i * 4 + f]!;
    expect(scores[i]).toBeCloseTo(sum, 4);
  }
  fitted.dispose?.();
});

it.each(['neumf', 'dot'])('scores shared items, ragged items and single queries alike: %s', async (variant) => {
  const fitted = await fit({ ...small, variant, epochs: 2 }, camps);
  const queries = queriesOf(camps, Int32Array.of(0, 5, 9));
  const whole = await fitted.score(queries, everyItem);
  const ragged = {
    offsets: Uint32Array.of(0, 2, 3, 3),
    indices: Int32Array.of(7, 3, 11),
    features: { rows: 3, columns: {} },
  };
  const scores = await fitted.score(queries, { kind: 'ragged', ...ragged });
  for (const [k, at] of [7, 3, ITEMS + 11].entries()) expect(scores[k]).toBeCloseTo(whole[at]!, 5);
  const single = await fitted.score(queriesOf(camps, Int32Array.of(5)), everyItem);
  for (let i = 0; i < ITEMS; i++) expect(single[i]).toBeCloseTo(whole[ITEMS + i]!, 5);
  fitted.dispose?.();
});

it.each(['neumf', 'dot'])('moves a known user by what was done after the training: %s', async (variant) => {
  const fitted = await fit({ ...small, variant }, camps);
  const query = queriesOf(camps, Int32Array.of(4));
  const before = inCamp(await fitted.score(query, everyItem));
  const { histories } = query;
  const items = Array.from({ length: 12 }, (_, k) => (2 * k + 1) % ITEMS);
  const later = {
    offsets: Uint32Array.of(0, histories.items.length + 12),
    items: Int32Array.of(...histories.items, ...items),
    values: Float32Array.of(...histories.values, ...items.map(() => Number.NaN)),
    weights: Float32Array.of(...histories.weights, ...items.map(() => 1)),
    times: Float64Array.of(...histories.times, ...items.map((_, k) => camps.until + 1 + k)),
    types: new Uint8Array(histories.items.length + 12),
  };
  expect(inCamp(await fitted.score({ ...query, histories: later }, everyItem))).toBeLessThan(before);
  fitted.dispose?.();

  function inCamp(scores: Float32Array): number {
    return scores.reduce((sum, score, i) => sum + (i % 2 === 0 ? score : -score), 0);
  }
});

it('cannot score who it knows nothing of, nor what lies outside the vocabulary', async () => {
  for (const variant of ['neumf', 'gmf']) {
    const fitted = await fit({ ...small, variant, epochs: 1 }, ratings);
    expect((await fitted.score(stranger(), everyItem)).every(Number.isNaN)).toBe(true);
    expect(await fitted.score(queriesOf(ratings, Int32Array.of(USERS)), itemSet(0))).toEqual(
      Float32Array.of(Number.NaN),
    );
    const scores = await fitted.score(queriesOf(ratings, Int32Array.of(0)), itemSet(-1, 0, ITEMS + 1));
    expect([...scores].map(Number.isNaN)).toEqual([true, false, true]);
    fitted.dispose?.();
  }
});

it('keeps the epoch that tells held-out positives best', async () => {
  const validation = tiny(
    USERS,
    ITEMS,
    [...upTo(USERS)].map((u) => [u, (u % 2) + 2 * (u % 3)]),
  );
  const metrics: (number | undefined)[] = [];
  const report = ({ metric }: { metric?: number }) => metrics.push(metric);
  const fitted = await model({ ...small, epochs: 4 }).fit(camps, noInputs, fitOptions({ validation, report }));
  const seen = metrics.filter((metric) => metric !== undefined);
  expect(seen).toHaveLength(4);
  for (const metric of seen) expect(metric).toBeGreaterThanOrEqual(0);
  expect(Math.max(...seen)).toBeLessThanOrEqual(1);
  fitted.dispose?.();
});

it.each([
  [{ variant: 'mlp', sampling: 'whole' }, camps, 'sampling'],
  [{ variant: 'dot', sampling: 'whole', loss: 'bpr' }, camps, 'loss'],
  [{ loss: 'bce' }, ratings, 'loss'],
  [{ variant: 'dot', sampling: 'whole', classWeighting: 'balanced' }, camps, 'classWeighting'],
  [{ popularityWeighting: 0.5 }, ratings, 'popularityWeighting'],
  [{ variant: 'dot', sampling: 'whole' }, ratings, 'sampling'],
])('refuses what does not go together: %o', async (config, data, at) => {
  await expect(fit(config, data)).rejects.toMatchObject({ code: 'CONFIG_INVALID', at });
});

it.each([
  { classWeighting: 'balanced', of: (positive: number, other: number) => positive > other },
  { popularityWeighting: 1, of: (_: number, __: number, popular: number, before: number) => popular < before },
])('weighs examples as asked: %o', async ({ of, ...config }) => {
  // Item 0 is everybody's, the others have one user each.
  const data = tiny(
    6,
    7,
    [...upTo(6)].flatMap((u) => [
      [u, 0],
      [u, u + 1],
    ]),
  );
  const settings = { ...small, variant: 'dot', biases: true, factors: 1, negatives: 2, batchSize: 16 };
  const biases = async (given: object): Promise<[number, number]> => {
    const { tensors } = (await fit({ ...settings, ...given }, data)).state();
    return [tensors['output/bias']!.data[0]!, tensors['item/bias']!.data[0]! - tensors['item/bias']!.data[1]!];
  };
  const [plain, weighted] = [await biases({}), await biases(config)];
  expect(of(weighted[0], plain[0], weighted[1], plain[1])).toBe(true);
});
