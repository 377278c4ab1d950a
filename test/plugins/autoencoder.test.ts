import { createRuntime, type Dataset, type FittedModel, type OwnedRuntime, queriesOf } from 'recograph';
import { createKernels, createRng } from 'recograph/math';
import { autoencoder, historyAutoencoder } from 'recograph/plugins/autoencoder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dropEntries, outputsOf } from '../../plugins/autoencoder/batches.ts';
import { gaussianDivergence, reconstructionError } from '../../plugins/autoencoder/losses.ts';
import { fitOptions, itemSet, noInputs, noLimits, stranger, tiny } from '../support/tiny.ts';

let runtime: OwnedRuntime;
let kernels: ReturnType<typeof createKernels>;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
  kernels = createKernels({ threads: 1 });
});
afterAll(async () => {
  runtime.dispose();
  await kernels.dispose();
});

const ITEMS = 12;
/** Two tastes: everybody takes four of the first six items, or four of the last six. */
const tastes: Dataset = tiny(
  40,
  ITEMS,
  Array.from({ length: 40 }, (_, u) => [0, 1, 2, 3].map((t) => [u, (u % 2) * 6 + (((u >> 1) + t) % 6)])).flat(),
);
const settings = { hidden: [16], code: 4, epochs: 30, batchSize: 20, learningRate: 0.03, annealEpochs: 10 };
const model = (config: object) =>
  autoencoder.create(autoencoder.schema.parse({ ...settings, ...config }) as never, { runtime, kernels } as never);
const everyItem = itemSet(...Array.from({ length: ITEMS }, (_, i) => i));
const fitted = new Map<string, Promise<FittedModel>>();
const learn = (config: object = {}): Promise<FittedModel> => {
  const key = JSON.stringify(config);
  if (!fitted.has(key)) fitted.set(key, model(config).fit(tastes, noInputs, fitOptions()));
  return fitted.get(key)!;
};

describe('losses', () => {
  const value = (run: () => ReturnType<typeof reconstructionError>): number => runtime.scope(run).dataSync()[0]!;

  it('1/(2N) sum |x - x^|^2, each item as often as it stands for', () => {
    const { tf } = runtime;
    const found = value(() =>
      reconstructionError(
        tf,
        tf.tensor2d([1, 0.5, 0, 0, 0, 2], [2, 3]),
        tf.tensor2d([1, 1, 1, 0, 0, 1], [2, 3]),
        tf.tensor1d([1, 1, 3]),
      ),
    );
    // (.25 + 3 * 1) + (3 * 1), over 2 * 2.
    expect(found).toBeCloseTo(6.25 / 4, 6);
  });

  it('the divergence of a normal distribution from the standard one', () => {
    const { tf } = runtime;
    const found = value(() =>
      gaussianDivergence(tf, tf.tensor2d([0, 2], [1, 2]), tf.tensor2d([0, Math.log(3)], [1, 2])),
    );
    expect(found).toBeCloseTo((4 + 3 - Math.log(3) - 1) / 2, 6);
  });
});

it.each([
  {},
  { variant: 'denoising', hidden: [], code: 8 },
  { sampledItems: 4 },
  { variant: 'denoising', hidden: [], code: 8, sampledItems: 4 },
])('completes a history of one taste, of somebody unknown: %o', async (config) => {
  const fit = await learn(config);
  for (const first of [0, 6]) {
    const query = stranger(first, first + 1, first + 2);
    const exclude = { offsets: Uint32Array.of(0, 3), values: Int32Array.of(first, first + 1, first + 2) };
    const [list] = await fit.recommend!(query, 3, { exclude });
    expect([...list!.items].sort((a, b) => a - b)).toEqual([first + 3, first + 4, first + 5]);
  }
});

it('has no score without a history', async () => {
  const fit = await learn();
  expect((await fit.score(stranger(), everyItem)).every(Number.isNaN)).toBe(true);
  expect((await fit.recommend!(stranger(), 3, noLimits(1)))[0]!.items).toHaveLength(0);
});

it('scores by the inner product of user and item vectors', async () => {
  const fit = await learn();
  const query = queriesOf(tastes, Int32Array.of(3));
  const items = fit.itemVectors!();
  const user = (await fit.userVectors!(query)).data;
  const scores = await fit.score(query, everyItem);
  for (let i = 0; i < ITEMS; i++) {
    const product = user.reduce((sum, x, c) => sum + x * items.data[i * items.columns + c]!, 0);
    expect(product).toBeCloseTo(scores[i]!, 3);
  }
});

it('gives the code of a history as a feature of its user', async () => {
  const fit = await learn();
  const inputs = { ...noInputs, model: () => fit };
  const extractor = historyAutoencoder.create({ model: 'history' } as never, {} as never);
  const feature = await extractor.fit(tastes, inputs, fitOptions());
  if (feature.subject !== 'user') throw new Error('not a feature of users');
  const codes = await feature.extract(queriesOf(tastes, Int32Array.of(0, 2, 1)));
  expect([codes.rows, codes.columns]).toEqual([3, 4]);
  const distance = (a: number, b: number): number =>
    Math.hypot(...[0, 1, 2, 3].map((c) => codes.data[a * 4 + c]! - codes.data[b * 4 + c]!));
  expect(distance(0, 1)).toBeLessThan(distance(0, 2));
  expect((await feature.extract(stranger())).data.every(Number.isNaN)).toBe(true);
});

it('refuses the code of a model that has none', async () => {
  const { codes: _, ...other } = (await learn()) as FittedModel & { codes: unknown };
  const extractor = historyAutoencoder.create({ model: 'taste' } as never, {} as never);
  await expect(async () =>
    extractor.fit(tastes, { ...noInputs, model: () => other }, fitOptions()),
  ).rejects.toMatchObject({ code: 'CONFIG_INVALID', at: 'model' });
});

describe('batches', () => {
  it('leave out the asked share of a history and keep its sum on average', () => {
    const length = 4000;
    const given = {
      offsets: Uint32Array.of(0, length),
      indices: Int32Array.from({ length }, (_, k) => k),
      values: new Float32Array(length).fill(1),
    };
    const kept = dropEntries(given, 0.25, createRng(1));
    expect(kept.indices.length / length).toBeCloseTo(0.75, 1);
    expect(kept.values.every((value) => Math.abs(value - 4 / 3) < 1e-6)).toBe(true);
    expect(kept.offsets[1]).toBe(kept.indices.length);
  });

  it('ask for the outputs of what was chosen, and of some others that stand for the rest', () => {
    const positives = tiny(2, 10, [
      [0, 3],
      [0, 5],
      [1, 5],
    ]).positives();
    const { items, weights, targets } = outputsOf(positives, Int32Array.of(1, 0), 4, createRng(1));
    expect(items).toHaveLength(6);
    expect(new Set(items).size).toBe(6);
    items.forEach((item, k) => {
      expect(weights[k]).toBe(item === 3 || item === 5 ? 1 : 2);
      expect([targets[k], targets[6 + k]]).toEqual([item === 5 ? 1 : 0, item === 3 || item === 5 ? 1 : 0]);
    });
  });
});

it('stops when the validation part gets no better, and keeps the best epoch', async () => {
  const validation = tiny(
    40,
    ITEMS,
    Array.from({ length: 40 }, (_, u) => [u, (u % 2) * 6 + (((u >> 1) + 4) % 6)]),
  );
  const metrics: number[] = [];
  const report = ({ metric }: { metric?: number }) => metric !== undefined && metrics.push(metric);
  await model({ patience: 3 }).fit(tastes, noInputs, fitOptions({ validation, report }));
  expect(metrics.length - 1 - metrics.indexOf(Math.max(...metrics))).toBeLessThanOrEqual(3);
  expect(metrics.every((metric) => metric > 0 && metric <= 1)).toBe(true);
});

it('scores the same on wasm and cpu, given equal weights', async () => {
  const fit = await learn();
  const queries = queriesOf(tastes, Int32Array.of(0, 1, 2, 3));
  const state = structuredClone(fit.state());
  const ours = await fit.score(queries, everyItem);
  runtime.dispose();
  runtime = await createRuntime('cpu');
  const theirs = await (await model({}).restore(state, noInputs)).score(queries, everyItem);
  const scale = Math.max(...ours.map(Math.abs));
  for (const [k, score] of theirs.entries()) expect(Math.abs(ours[k]! - score)).toBeLessThan(1e-4 * scale);
});
