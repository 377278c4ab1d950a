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
import { createRng } from 'recograph/math';
import { mf } from 'recograph/plugins/mf';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fitOptions, itemSet, noInputs, stranger, tiny } from '../support/tiny.ts';

let runtime: OwnedRuntime;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
});
afterAll(() => runtime.dispose());

const USERS = 30;
const ITEMS = 20;
/** Ratings of a planted model: mean 3, biases, and a taste that splits users and items into two camps. */
const planted = (user: number, item: number): number =>
  3 + (user % 3) * 0.2 - (item % 4) * 0.15 + (user % 2 === item % 2 ? 0.8 : -0.8);

const ratings = (keep: (user: number, item: number) => boolean): Dataset => {
  const rows: [number, number][] = [];
  for (let u = 0; u < USERS; u++) for (let i = 0; i < ITEMS; i++) if (keep(u, i)) rows.push([u, i]);
  return createDataset({
    users: createVocabulary(Array.from({ length: USERS + 1 }, (_, u) => `u${u}`)),
    items: createVocabulary(Array.from({ length: ITEMS + 1 }, (_, i) => `i${i}`)),
    interactions: sortInteractions(
      {
        users: Int32Array.from(rows, ([u]) => u),
        items: Int32Array.from(rows, ([, i]) => i),
        values: Float32Array.from(rows, ([u, i]) => planted(u, i)),
        times: Float64Array.from(rows, (_, k) => k),
      },
      USERS + 1,
    ),
  });
};
const isHeld = (user: number, item: number): boolean => (user * 7 + item * 3) % 5 === 0;
const train = ratings((u, i) => !isHeld(u, i));
const model = (config: object) => mf.create(mf.schema.parse(config) as never, { runtime } as never);
const settings = { factors: 4, epochs: 60, learningRate: 0.02, batchSize: 64, regularization: 0.002 };
const everyItem = itemSet(...Array.from({ length: ITEMS }, (_, i) => i));
let shared: Promise<FittedModel> | undefined;
const learn = () => {
  shared ??= model(settings).fit(train, noInputs, fitOptions());
  return shared;
};

it('predicts held-out ratings of a planted model', async () => {
  const fitted = await learn();
  const scores = await fitted.score(
    queriesOf(
      train,
      Int32Array.from({ length: USERS }, (_, u) => u),
    ),
    everyItem,
  );
  let squares = 0;
  let count = 0;
  for (let u = 0; u < USERS; u++) {
    for (let i = 0; i < ITEMS; i++) {
      if (!isHeld(u, i)) continue;
      squares += (scores[u * ITEMS + i]! - planted(u, i)) ** 2;
      count++;
    }
  }
  expect(Math.sqrt(squares / count)).toBeLessThan(0.2);
});

it('folds in a stranger by the ratings of the history', async () => {
  const fitted = await learn();
  const twin = queriesOf(train, Int32Array.of(4));
  const known = await fitted.score(twin, everyItem);
  const unknown = await fitted.score({ ...twin, users: Int32Array.of(-1) }, everyItem);
  for (let i = 0; i < ITEMS; i++) expect(Math.abs(unknown[i]! - known[i]!)).toBeLessThan(0.2);
});

it('uses what a known user did after the training', async () => {
  const fitted = await learn();
  const query = queriesOf(train, Int32Array.of(4));
  const before = await fitted.score(query, everyItem);
  const values = query.histories.values.map((value) => 6 - value);
  const times = query.histories.times.map((time) => time + 1e6);
  const after = await fitted.score({ ...query, histories: { ...query.histories, values, times } }, everyItem);
  expect(Math.sign(before[0]! - before[1]!)).toBe(-Math.sign(after[0]! - after[1]!));
});

it('cannot score who it knows nothing of, nor what lies outside the vocabulary', async () => {
  const fitted = await learn();
  expect((await fitted.score(stranger(), everyItem)).every(Number.isNaN)).toBe(true);
  expect(await fitted.score(queriesOf(train, Int32Array.of(USERS)), itemSet(0))).toEqual(Float32Array.of(Number.NaN));
  const scores = await fitted.score(queriesOf(train, Int32Array.of(0)), itemSet(-1, 0, ITEMS + 1));
  expect([...scores].map(Number.isNaN)).toEqual([true, false, true]);
});

it('scores shared items, ragged items and single queries alike', async () => {
  const fitted = await learn();
  const queries = queriesOf(train, Int32Array.of(0, 5, 9));
  const whole = await fitted.score(queries, everyItem);
  const ragged = await fitted.score(queries, {
    kind: 'ragged',
    offsets: Uint32Array.of(0, 2, 3, 3),
    indices: Int32Array.of(7, 3, 11),
    features: { rows: 3, columns: {} },
  });
  expect(ragged[0]).toBeCloseTo(whole[7]!, 4);
  expect(ragged[1]).toBeCloseTo(whole[3]!, 4);
  expect(ragged[2]).toBeCloseTo(whole[ITEMS + 11]!, 4);
  const single = await fitted.score(queriesOf(train, Int32Array.of(5)), everyItem);
  expect(single).toEqual(whole.slice(ITEMS, 2 * ITEMS));
});

it('ranks by the inner product of user and item vectors', async () => {
  const fitted = await learn();
  const query = queriesOf(train, Int32Array.of(3));
  const items = fitted.itemVectors!();
  const user = (await fitted.userVectors!(query)).data;
  const scores = await fitted.score(query, everyItem);
  const product = (item: number) => user.reduce((sum, x, c) => sum + x * items.data[item * items.columns + c]!, 0);
  for (let i = 1; i < ITEMS; i++) expect(product(i) - product(0)).toBeCloseTo(scores[i]! - scores[0]!, 4);
});

it('learns from positives and sampled negatives where there are no values', async () => {
  const rows: number[][] = [];
  for (let u = 0; u < 20; u++) for (let i = 0; i < 12; i++) if (i % 2 === u % 2 && (u + i) % 5 !== 0) rows.push([u, i]);
  const clicks = tiny(20, 12, rows);
  const fitted = await model({ ...settings, regularization: 1e-4 }).fit(clicks, noInputs, fitOptions());
  expect(fitted.capabilities.calibrated).toBe('none');
  const users = queriesOf(
    clicks,
    Int32Array.from({ length: 20 }, (_, u) => u),
  );
  for (const queries of [users, { ...users, users: new Int32Array(20).fill(-1) }]) {
    const scores = await fitted.score(queries, itemSet(...Array.from({ length: 12 }, (_, i) => i)));
    let right = 0;
    for (let u = 0; u < 20; u++) {
      const camp = (parity: number) => {
        const own = Array.from({ length: 12 }, (_, i) => i).filter((i) => i % 2 === parity);
        return own.reduce((sum, i) => sum + scores[u * 12 + i]!, 0) / own.length;
      };
      if (camp(u % 2) > camp(1 - (u % 2))) right++;
    }
    expect(right).toBeGreaterThanOrEqual(19);
  }
});

it('gives the same factors for the same seed, others for another', async () => {
  const short = { ...settings, epochs: 2 };
  const [one, two, other] = await Promise.all(
    [3, 3, 4].map((seed) => model(short).fit(train, noInputs, fitOptions({ rng: createRng(seed) }))),
  );
  expect(one!.state()).toEqual(two!.state());
  expect(one!.state()).not.toEqual(other!.state());
});

it('keeps the epoch that validates best', async () => {
  const metrics: number[] = [];
  const validation = ratings(isHeld);
  const report = ({ metric }: { metric?: number }) => metric !== undefined && metrics.push(metric);
  await model({ ...settings, epochs: 8 }).fit(train, noInputs, fitOptions({ validation, report }));
  expect(metrics).toHaveLength(8);
  expect(metrics.at(-1)!).toBeGreaterThan(metrics[0]!);
});

it('scores the same on wasm and cpu, given equal weights', async () => {
  const state = (await learn()).state();
  const queries = queriesOf(train, Int32Array.of(0, 1, 2));
  const wasm = await (await learn()).score(queries, everyItem);
  runtime.dispose();
  runtime = await createRuntime('cpu');
  const cpu = await (await model({}).restore(structuredClone(state), noInputs)).score(queries, everyItem);
  for (const [k, score] of cpu.entries()) expect(Math.abs(wasm[k]! - score)).toBeLessThan(1e-4 * Math.abs(score));
});
