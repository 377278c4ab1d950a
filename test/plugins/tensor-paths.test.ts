import type { Component, Dataset, FittedModel, ItemList, Kernels, TensorRuntime } from 'recograph';
import { createRuntime, queriesOf } from 'recograph';
import { createKernels, createRng } from 'recograph/math';
import { als } from 'recograph/plugins/als';
import { bpr } from 'recograph/plugins/bpr';
import { ease } from 'recograph/plugins/ease';
import { modelConformance } from 'recograph/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { movies } from '../support/movies.ts';
import { fitOptions, noInputs, tiny } from '../support/tiny.ts';

/** No GPU is needed to try what runs on one: any runtime can be given in its place. */
let runtime: Awaited<ReturnType<typeof createRuntime>>;
let kernels: Kernels;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
  kernels = createKernels({ threads: 2 });
});
afterAll(() => {
  runtime.dispose();
  kernels.dispose();
});

const fit = (component: Component<'model'>, config: object, data: Dataset, gpu: TensorRuntime | undefined) => {
  const model = component.create(component.schema.parse(config) as never, { kernels, gpu } as never);
  return model.fit(data, noInputs, fitOptions());
};

/** [kernels' model, tensors' model] from the same start. */
const both = async (component: Component<'model'>, config: object, data: Dataset) =>
  [await fit(component, config, data, undefined), await fit(component, config, data, runtime)] as const;

const relativeDifference = (a: Float32Array, b: Float32Array): number => {
  let [largest, most] = [0, 0];
  a.forEach((value, k) => {
    largest = Math.max(largest, Math.abs(value));
    most = Math.max(most, Math.abs(value - b[k]!));
  });
  return most / largest;
};

/** Users with 40 events: the newest 5 are held out. */
const split = () => {
  const { userOffsets, items, weights } = movies().interactions;
  const train: number[][] = [];
  const held: number[][] = [];
  let users = 0;
  for (let user = 0; user + 1 < userOffsets.length; user++) {
    const [from, to] = [userOffsets[user]!, userOffsets[user + 1]!];
    if (to - from < 40) continue;
    const last: number[] = [];
    for (let row = from; row < to; row++) {
      if (row < to - 5) train.push([users, items[row]!, weights[row]!, row - from]);
      else last.push(items[row]!);
    }
    held.push(last);
    users++;
  }
  const count = Math.max(...items) + 1;
  return { data: tiny(users, count, train), held };
};

const listsOf = (model: FittedModel, data: Dataset, n: number): Promise<readonly ItemList[]> => {
  const users = Int32Array.from({ length: data.users.size }, (_, user) => user);
  const { offsets, indices } = data.positives();
  return model.recommend!(queriesOf(data, users), n, { exclude: { offsets, values: indices } });
};

const overlap = (a: readonly ItemList[], b: readonly ItemList[]): number => {
  let [shared, all] = [0, 0];
  a.forEach((list, q) => {
    const other = new Set(b[q]!.items);
    for (const item of list.items) if (other.has(item)) shared++;
    all += list.items.length;
  });
  return shared / all;
};

const recall = (lists: readonly ItemList[], held: readonly number[][]): number => {
  const hits = lists.map(({ items }, q) => held[q]!.filter((item) => items.includes(item)).length / held[q]!.length);
  return hits.reduce((sum, hit) => sum + hit, 0) / hits.length;
};

it.each([
  ['implicit', { factors: 12, epochs: 3, steps: 3 }],
  ['one step', { factors: 5, epochs: 2, steps: 1 }],
  ['explicit', { factors: 6, epochs: 3, feedback: 'explicit', regularization: 1 }],
])('als (%s) learns the factors that the kernels learn, epoch by epoch', async (_, config) => {
  const losses: number[][] = [[], []];
  const data = movies();
  const models = [undefined, runtime].map((gpu, k) =>
    als
      .create(als.schema.parse(config) as never, { kernels, gpu } as never)
      .fit(data, noInputs, fitOptions({ report: ({ loss }) => losses[k]!.push(loss!) })),
  );
  const [expected, found] = (await Promise.all(models)) as [FittedModel, FittedModel];
  for (const name of ['users', 'items']) {
    const [a, b] = [expected, found].map((model) => model.state().tensors[name]!.data as Float32Array);
    expect(relativeDifference(a!, b!)).toBeLessThan(1e-4);
  }
  for (const [epoch, loss] of losses[0]!.entries()) expect(losses[1]![epoch]! / loss).toBeCloseTo(1, 4);
  expect(overlap(await listsOf(expected, data, 10), await listsOf(found, data, 10))).toBeGreaterThan(0.999);
});

it('ease finds the weights that the kernels find, when the matrix is halved and when not', async () => {
  for (const items of [90, 700]) {
    const rng = createRng(4);
    const rows = Array.from({ length: 9000 }, () => [rng.int(400), rng.int(1 + rng.int(items))]);
    const data = tiny(400, items, rows);
    const [expected, found] = await both(ease, { regularization: 20 }, data);
    const [a, b] = [expected, found].map((model) => model.state().tensors.weights!.data as Float32Array);
    expect(relativeDifference(a!, b!)).toBeLessThan(1e-4);
    expect(overlap(await listsOf(expected, data, 10), await listsOf(found, data, 10))).toBeGreaterThan(0.999);
  }
});

it('bpr ranks held-out items as well as by the kernels', async () => {
  const { data, held } = split();
  const [expected, found] = await both(bpr, { factors: 16, epochs: 25 }, data);
  const [byKernels, byTensors] = [
    recall(await listsOf(expected, data, 50), held),
    recall(await listsOf(found, data, 50), held),
  ];
  expect(byTensors).toBeGreaterThan(0.9 * byKernels);
  expect(byTensors).toBeLessThan(1.15 * byKernels);
});

describe.each([
  ['als', als, { factors: 6, epochs: 4 }],
  ['bpr', bpr, { factors: 6, epochs: 4 }],
  ['ease', ease, { regularization: 5 }],
] as const)('%s on tensors', (_, component, config) => {
  for (const check of modelConformance(component as Component<'model'>, { config, gpu: true })) {
    it(check.name, async () => {
      runtime.dispose();
      try {
        await check.run();
      } finally {
        runtime = await createRuntime('wasm');
      }
    });
  }
});
