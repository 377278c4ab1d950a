import { createRuntime, type Dataset, type FittedModel, type OwnedRuntime, queriesOf } from 'recograph';
import { createKernels, createRng } from 'recograph/math';
import { lookup, normal, table, train } from 'recograph/nn';
import { lightgcn } from 'recograph/plugins/lightgcn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convolution, interactionGraph, nodeVectors, userPart } from '../../plugins/lightgcn/graph.ts';
import { graphStore } from '../../plugins/lightgcn/graph-store.ts';
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

const { signal } = new AbortController();

describe('convolution', () => {
  /** u0 - i0, u0 - i1, u1 - i1. */
  const positives = tiny(2, 2, [
    [0, 0],
    [0, 1],
    [1, 1],
  ]).positives();

  it('adds up what arrives over the normalised graph, layer by layer', async () => {
    const memory = kernels.memory();
    const graph = interactionGraph(positives, memory);
    const [x, out] = [nodeVectors(memory, graph, 8), nodeVectors(memory, graph, 8)];
    x.users.data[0] = 1;
    x.users.data[8] = 2;
    x.items.data[0] = 3;
    x.items.data[8] = 5;
    const { all, forward, messages } = convolution(kernels, memory, graph, 2, 8);
    await all(x, out, signal);
    // Degrees: u0 2, u1 1, i0 1, i1 2, so that the edges weigh a = 1/sqrt 2, 1/2, a.
    const a = Math.SQRT1_2;
    const [u0, u1, i0, i1] = [a * 3 + 0.5 * 5, a * 5, a * 1, 0.5 * 1 + a * 2];
    const second = { u0: a * i0 + 0.5 * i1, u1: a * i1, i0: a * u0, i1: 0.5 * u0 + a * u1 };
    expect(out.users.data[0]).toBeCloseTo((1 + u0 + second.u0) / 3, 5);
    expect(out.users.data[8]).toBeCloseTo((2 + u1 + second.u1) / 3, 5);
    expect(out.items.data[0]).toBeCloseTo((3 + i0 + second.i0) / 3, 5);
    expect(out.items.data[8]).toBeCloseTo((5 + i1 + second.i1) / 3, 5);
    expect([messages.data[0], messages.data[8]].map((value) => value!.toFixed(4))).toEqual([
      (3 + i0).toFixed(4),
      (5 + i1).toFixed(4),
    ]);
    const part = userPart(graph, Int32Array.of(1));
    const one = { users: { rows: 1, columns: 8, data: memory.floats(8) }, items: nodeVectors(memory, graph, 8).items };
    await forward(x, part, one, signal);
    expect(one.users.data[0]).toBeCloseTo((2 + u1 + second.u1) / 3, 5);
    expect([...one.items.data]).toEqual([...out.items.data]);
    memory.release();
  });
});

it('takes gradients through the convolution, as differences of the loss show', async () => {
  const positives = tiny(3, 4, [
    [0, 0],
    [0, 1],
    [1, 1],
    [1, 2],
    [2, 3],
    [2, 1],
  ]).positives();
  const memory = kernels.memory();
  const graph = interactionGraph(positives, memory);
  const init = normal(createRng(4), 1);
  const shared = (name: string, rows: number) => table(name, rows, 8, (shape) => memory.share(init(shape)));
  const tables = { users: shared('users', 3), items: shared('items', 4) };
  const layers = convolution(kernels, memory, graph, 3, 8);
  const out = nodeVectors(memory, graph, 8);
  const users = Int32Array.of(0, 2, 0);
  const items = Int32Array.of(1, 3, 2);
  /** sum over the pairs of u.i, squared. */
  const lossAt = async (): Promise<number> => {
    await layers.all(tables, out, signal);
    let sum = 0;
    users.forEach((user, k) => {
      let product = 0;
      for (let c = 0; c < 8; c++) product += out.users.data[user * 8 + c]! * out.items.data[items[k]! * 8 + c]!;
      sum += product ** 2;
    });
    return sum;
  };
  const wanted: number[] = [];
  const start = [tables.users, tables.items].map(({ data }) => data.slice());
  for (const { data } of [tables.users, tables.items]) {
    for (let k = 0; k < data.length; k += 5) {
      const kept = data[k]!;
      data[k] = kept + 1e-2;
      const up = await lossAt();
      data[k] = kept - 1e-2;
      wanted.push((up - (await lossAt())) / 2e-2);
      data[k] = kept;
    }
  }
  const optimizer = { kind: 'sgd', learningRate: 1 } as const;
  await train({
    runtime,
    parameters: [tables.users, tables.items],
    optimizer,
    store: graphStore(runtime, kernels, memory, { graph, layers, tables }, optimizer),
    examples: 1,
    batchSize: 1,
    epochs: 1,
    batch: () => ({ u: lookup(tables.users, users), i: lookup(tables.items, items) }),
    loss: ({ u, i }, { tf }) => tf.sum(tf.square(tf.sum(tf.mul(u, i), 1))),
    fit: fitOptions(),
  });
  const found = [tables.users, tables.items].flatMap(({ data }, side) =>
    Array.from(data, (value, k) => start[side]![k]! - value).filter((_, k) => k % 5 === 0),
  );
  memory.release();
  expect(found).toHaveLength(wanted.length);
  found.forEach((value, k) => {
    expect(Math.abs(value - wanted[k]!)).toBeLessThan(1e-2 * Math.max(1, Math.abs(wanted[k]!)));
  });
});

const ITEMS = 12;
/** Two tastes: everybody takes four of the first six items, or four of the last six. */
const tastes: Dataset = tiny(
  40,
  ITEMS,
  Array.from({ length: 40 }, (_, u) => [0, 1, 2, 3].map((t) => [u, (u % 2) * 6 + (((u >> 1) + t) % 6)])).flat(),
);
const settings = { factors: 6, layers: 2, epochs: 20, batchSize: 20, learningRate: 0.05, negatives: 6 };
const model = (config: object) =>
  lightgcn.create(lightgcn.schema.parse({ ...settings, ...config }) as never, { runtime, kernels } as never);
const everyItem = itemSet(...Array.from({ length: ITEMS }, (_, i) => i));
const fitted = new Map<string, Promise<FittedModel>>();
const learn = (config: object = {}): Promise<FittedModel> => {
  const key = JSON.stringify(config);
  if (!fitted.has(key)) fitted.set(key, model(config).fit(tastes, noInputs, fitOptions()));
  return fitted.get(key)!;
};

it.each([{}, { loss: 'bpr' }])('completes a history of one taste, of somebody unknown: %o', async (config) => {
  const fit = await learn(config);
  for (const first of [0, 6]) {
    const exclude = { offsets: Uint32Array.of(0, 3), values: Int32Array.of(first, first + 1, first + 2) };
    const [list] = await fit.recommend!(stranger(first, first + 1, first + 2), 3, { exclude });
    expect([...list!.items].sort((a, b) => a - b)).toEqual([first + 3, first + 4, first + 5]);
  }
});

it.each([{}, { loss: 'bpr' }])(
  'gives a known user the trained vector for the trained history, and for none: %o',
  async (config) => {
    const fit = await learn(config);
    const queries = queriesOf(tastes, Int32Array.of(0, 7));
    const silent = { ...stranger(), users: Int32Array.of(7) };
    const [all, one] = [await fit.score(queries, everyItem), await fit.score(silent, everyItem)];
    for (let i = 0; i < ITEMS; i++) expect(all[ITEMS + i]).toBeCloseTo(one[i]!, 4);
  },
);

it('raises the length of an item in its score to the power of lengthExponent', async () => {
  const [cosine, root, dot] = await Promise.all(
    [0, 0.5, 1].map(async (lengthExponent) => {
      const { rows, columns, data } = (await learn({ lengthExponent, epochs: 2 })).itemVectors!()!;
      return Array.from({ length: rows }, (_, r) => Math.hypot(...data.subarray(r * columns, (r + 1) * columns)));
    }),
  );
  dot!.forEach((length, item) => {
    expect(cosine![item]).toBeCloseTo(1, 5);
    expect(root![item]).toBeCloseTo(Math.sqrt(length), 5);
  });
  expect(Math.max(...dot!) / Math.min(...dot!)).toBeGreaterThan(1.01);
});

it('follows the events of a live session', async () => {
  const fit = await learn();
  const at = async (...items: number[]) => fit.score({ ...stranger(...items), users: Int32Array.of(0) }, everyItem);
  const [before, after] = [await at(0, 1, 2), await at(0, 1, 2, 8, 9, 10, 11)];
  expect(after[7]!).toBeGreaterThan(before[7]!);
});

it('has no score for a stranger without a history', async () => {
  const fit = await learn();
  expect((await fit.score(stranger(), everyItem)).every(Number.isNaN)).toBe(true);
  expect((await fit.recommend!(stranger(), 3, noLimits(1)))[0]!.items).toHaveLength(0);
});

it('stops when the validation part gets no better', async () => {
  const validation = tiny(
    40,
    ITEMS,
    Array.from({ length: 40 }, (_, u) => [u, (u % 2) * 6 + (((u >> 1) + 4) % 6)]),
  );
  const metrics: number[] = [];
  const report = ({ metric }: { metric?: number }) => metric !== undefined && metrics.push(metric);
  await model({ patience: 3, epochs: 40 }).fit(tastes, noInputs, fitOptions({ validation, report }));
  expect(metrics.length - 1 - metrics.indexOf(Math.max(...metrics))).toBeLessThanOrEqual(3);
  expect(Math.max(...metrics)).toBeGreaterThan(0.5);
});

it('continues an interrupted training to the identical result', async () => {
  const whole = await model({ epochs: 4 }).fit(tastes, noInputs, fitOptions());
  let kept: Awaited<ReturnType<NonNullable<ReturnType<typeof fitOptions>['checkpoint']>['load']>>;
  const checkpoint = {
    load: async () => kept,
    save: async (state: NonNullable<typeof kept>) => {
      kept = structuredClone(state);
    },
  };
  const controller = new AbortController();
  const report = ({ epoch }: { epoch: number }) => epoch === 2 && controller.abort();
  await expect(
    model({ epochs: 4 }).fit(tastes, noInputs, fitOptions({ checkpoint, report, signal: controller.signal })),
  ).rejects.toMatchObject({ code: 'CANCELLED' });
  const resumed = await model({ epochs: 4 }).fit(tastes, noInputs, fitOptions({ checkpoint }));
  expect(resumed.state()).toEqual(whole.state());
});
