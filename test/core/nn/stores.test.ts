import { createRng } from 'recograph/math';
import { constant, embeddingBag, lookup, normal, parameter, table, zeros } from 'recograph/nn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHostStore } from '../../../core/nn/stores/host-store.ts';
import type { OptimizerConfig } from '../../../core/nn/stores/index.ts';
import { createOwnStore, createWasmStore } from '../../../core/nn/stores/native-store.ts';
import { createRuntime, type OwnedRuntime } from '../../../core/runtime/index.ts';

let runtime: OwnedRuntime;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
});
afterAll(() => runtime.dispose());

const plain = { factor: 1, clipNorm: undefined };

describe.each([
  ['host', createHostStore],
  ['wasm', createWasmStore],
  ['own', createOwnStore],
] as const)('the %s store', (_, createStore) => {
  /** A dense parameter of one value, 0, after steps with these gradients. */
  const stepped = async (optimizer: OptimizerConfig, gradients: number[], options: Partial<typeof plain> = {}) => {
    const weight = parameter('weight', [1], zeros);
    const store = createStore(runtime, [weight], optimizer);
    for (const value of gradients) {
      const gradient = runtime.tf.tensor1d([value]);
      await store.update([], [{ parameter: weight, gradient }], { ...plain, ...options });
      gradient.dispose();
    }
    store.pull();
    store.dispose();
    return weight.data[0]!;
  };

  it('takes SGD steps with momentum', async () => {
    expect(await stepped({ kind: 'sgd', learningRate: 0.1 }, [1, 2])).toBeCloseTo(-0.3, 6);
    // velocity 1, then .9 + 2 = 2.9
    expect(await stepped({ kind: 'sgd', learningRate: 0.1, momentum: 0.9 }, [1, 2])).toBeCloseTo(-0.39, 6);
  });

  it('takes AdaGrad steps', async () => {
    // 3 / sqrt(9), then 4 / sqrt(9 + 16)
    expect(await stepped({ kind: 'adagrad', learningRate: 0.1 }, [3, 4])).toBeCloseTo(-0.1 - 0.08, 6);
  });

  it('takes Adam steps with bias correction', async () => {
    // m: .1, then .09 + .3 = .39; v: .001, then .000999 + .009 = .009999
    const second = 0.39 / (1 - 0.81) / Math.sqrt(0.009999 / (1 - 0.998001));
    expect(await stepped({ kind: 'adam', learningRate: 0.1 }, [1, 3])).toBeCloseTo(-0.1 - 0.1 * second, 5);
  });

  it('scales the learning rate by the schedule and shrinks by weight decay', async () => {
    expect(await stepped({ kind: 'sgd', learningRate: 0.1 }, [1], { factor: 0.5 })).toBeCloseTo(-0.05, 6);
    // -.1, then -.1 (1 - .1 * .5) - 0
    expect(await stepped({ kind: 'sgd', learningRate: 0.1, weightDecay: 0.5 }, [1, 0])).toBeCloseTo(-0.095, 6);
  });

  it.each([
    { kind: 'adam', learningRate: 0.01, weightDecay: 0.1 },
    { kind: 'adagrad', learningRate: 0.1 },
    { kind: 'sgd', learningRate: 0.1, momentum: 0.9 },
  ] satisfies OptimizerConfig[])(
    'updates touched rows as the whole table would be, and no others: $kind',
    async (optimizer) => {
      const { tf } = runtime;
      const start = normal(createRng(1), 1)([5, 3]);
      const rows = table('rows', 5, 3, () => start.slice());
      const whole = parameter('whole', [5, 3], () => start.slice());
      const store = createStore(runtime, [rows, whole], optimizer);
      for (let step = 0; step < 3; step++) {
        // Row 4 twice in one lookup and once more in another; row 1 once; -1 is padding.
        const indices = [Int32Array.of(4, 1, 4, -1), Int32Array.of(4)];
        const gradients = [normal(createRng(step), 1)([4, 3]), normal(createRng(step + 9), 1)([1, 3])];
        const sum = new Float32Array(15);
        for (const [k, list] of indices.entries()) {
          for (const [n, row] of list.entries()) {
            for (let c = 0; c < 3 && row >= 0; c++) sum[row * 3 + c]! += gradients[k]![n * 3 + c]!;
          }
        }
        const lookups = indices.map((list, k) => ({
          lookup: lookup(rows, list),
          gradient: tf.tensor2d(gradients[k]!, [list.length, 3]),
        }));
        const dense = tf.tensor2d(sum, [5, 3]);
        await store.update(lookups, [{ parameter: whole, gradient: dense }], plain);
        tf.dispose([dense, ...lookups.map(({ gradient }) => gradient)]);
      }
      store.pull();
      store.dispose();
      for (const row of [1, 4]) {
        for (let c = row * 3; c < row * 3 + 3; c++) expect(rows.data[c]).toBeCloseTo(whole.data[c]!, 5);
      }
      for (const row of [0, 2, 3])
        expect(rows.data.slice(row * 3, row * 3 + 3)).toEqual(start.slice(row * 3, row * 3 + 3));
    },
  );

  it('sums what the repeated rows of a larger table get', async () => {
    const { tf } = runtime;
    const rows = table('rows', 1000, 2, zeros);
    const store = createStore(runtime, [rows], { kind: 'sgd', learningRate: 1 });
    // Rows 0, 7, 14, ... of 1,000, each two or three times, every tenth place padding.
    const indices = Int32Array.from({ length: 2500 }, (_, k) => (k % 10 === 9 ? -1 : (k * 7) % 1000));
    const expected = new Float32Array(2000);
    for (const [k, row] of indices.entries()) {
      for (let c = 0; c < 2 && row >= 0; c++) expected[row * 2 + c]! -= k + c;
    }
    const gradient = tf.tensor2d(
      Float32Array.from({ length: 5000 }, (_, at) => (at >> 1) + (at & 1)),
      [2500, 2],
    );
    await store.update([{ lookup: lookup(rows, indices), gradient }], [], plain);
    store.pull();
    store.dispose();
    gradient.dispose();
    expect(rows.data).toEqual(expected);
  });

  it('sums the rows of bags, and updates each by its share of the gradient', async () => {
    const { tf } = runtime;
    const before = runtime.describe().tensors;
    const rows = table('rows', 4, 3, (shape) => Float32Array.from({ length: shape[0]! * shape[1]! }, (_, k) => k));
    const store = createStore(runtime, [rows], { kind: 'sgd', learningRate: 1 });
    // Bag 0 is 2 * row 1 - row 3; bag 1 is empty; bag 2 is 3 * row 1, and padding.
    const bags = embeddingBag(rows, {
      offsets: Uint32Array.of(0, 2, 2, 4),
      indices: Int32Array.of(1, 3, 1, -1),
      values: Float32Array.of(2, -1, 3, 5),
    });
    const sums = runtime.scope(() => store.rows(bags));
    expect(sums.shape).toEqual([3, 3]);
    expect([...(await sums.data())]).toEqual([-3, -2, -1, 0, 0, 0, 9, 12, 15]);
    const gradient = tf.tensor2d([1, 2, 3, 9, 9, 9, 10, 20, 30], [3, 3]);
    await store.update([{ lookup: bags, gradient }], [], plain);
    store.pull();
    store.dispose();
    tf.dispose([sums, gradient]);
    expect([...rows.data]).toEqual([0, 1, 2, 3 - 32, 4 - 64, 5 - 96, 6, 7, 8, 9 + 1, 10 + 2, 11 + 3]);
    expect(runtime.describe().tensors).toBe(before);
  });

  it('clips all gradients together, each once though they share a tensor', async () => {
    const { tf } = runtime;
    const [a, b] = [parameter('a', [1], zeros), parameter('b', [1], zeros)];
    const rows = table('rows', 2, 1, zeros);
    const store = createStore(runtime, [a, b, rows], { kind: 'sgd', learningRate: 1 });
    const shared = tf.tensor1d([2]);
    const gradient = tf.tensor2d([1], [1, 1]);
    const dense = [a, b].map((parameter) => ({ parameter, gradient: shared }));
    // norm = sqrt(4 + 4 + 1) = 3, clipped to 1.5
    await store.update([{ lookup: lookup(rows, Int32Array.of(1)), gradient }], dense, { factor: 1, clipNorm: 1.5 });
    store.pull();
    store.dispose();
    tf.dispose([shared, gradient]);
    expect([a.data[0], b.data[0], ...rows.data]).toEqual([-1, -1, 0, -0.5]);
  });

  it('reads rows in any arrangement, zeros for padding, and leaves no tensor', async () => {
    const before = runtime.describe().tensors;
    const rows = table('rows', 3, 2, (shape) => Float32Array.from({ length: shape[0]! * shape[1]! }, (_, k) => k));
    const store = createStore(runtime, [rows, parameter('b', [1], constant(7))], { kind: 'adam', learningRate: 1 });
    const tensor = runtime.scope(() => store.rows(lookup(rows, Int32Array.of(2, -1, 0, 1), [2, 2])));
    expect(tensor.shape).toEqual([2, 2, 2]);
    expect([...(await tensor.data())]).toEqual([4, 5, 0, 0, 0, 1, 2, 3]);
    tensor.dispose();
    store.dispose();
    expect(runtime.describe().tensors).toBe(before);
  });
});
