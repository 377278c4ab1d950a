import type { Csr, Tensor, Tf } from 'recograph';
import { csrFromTriplets } from 'recograph';
import { createKernels, createRng } from 'recograph/math';
import { groupedSoftmax, listValidation, multinomial, sharedNegatives, unitLength, userTargets } from 'recograph/nn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRuntime, type OwnedRuntime } from '../../../core/runtime/index.ts';
import { tiny } from '../../support/tiny.ts';

let runtime: OwnedRuntime;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
});
afterAll(() => runtime.dispose());

const wave = (length: number, from = 0): number[] => Array.from({ length }, (_, k) => Math.sin(3 * (k + from) + 1));
const value = (run: (tf: Tf) => Tensor): number => runtime.scope(() => run(runtime.tf)).dataSync()[0]!;

/** The gradient for each input, held against central differences in single precision. */
const checkGradients = (inputs: readonly [number[], number[]][], run: (tf: Tf, ...given: Tensor[]) => Tensor) => {
  const { tf } = runtime;
  const at = (values: readonly number[][]): number =>
    value((tf) => run(tf, ...values.map((x, k) => tf.tensor(x, inputs[k]![1]))));
  const starts = inputs.map(([start]) => start);
  const gradients = runtime.scope(() =>
    tf.grads((...given: Tensor[]) => run(tf, ...given) as never)(
      inputs.map(([start, shape]) => tf.tensor(start, shape)),
    ),
  );
  const h = 1e-2;
  for (const [input, start] of starts.entries()) {
    const found = gradients[input]!.dataSync();
    for (let k = 0; k < start.length; k++) {
      const moved = (by: number) =>
        at(starts.map((x, i) => (i === input ? x.map((v, place) => (place === k ? v + by : v)) : x)));
      expect(found[k]).toBeCloseTo((moved(h) - moved(-h)) / (2 * h), 2);
    }
  }
};

describe('groupedSoftmax', () => {
  it('holds each target against the weighted others of its user', () => {
    // Logits of user 0: targets ln 2 and 0, others ln 3 (weight 2) and its own positive (weight 0);
    // of user 1: target ln 4, others 0 and 0.
    const found = value((tf) =>
      groupedSoftmax(tf, {
        users: tf.tensor2d([1, 0, 0, 1], [2, 2]),
        targets: tf.tensor2d([Math.LN2, 9, 0, 9, 9, Math.log(4)], [3, 2]),
        owners: tf.tensor1d([0, 0, 1], 'int32'),
        others: tf.tensor2d([Math.log(3), 0, 5, 0], [2, 2]),
        weights: tf.tensor2d([2, 0, 1, 1], [2, 2]),
      }),
    );
    expect(found).toBeCloseTo((Math.log(8 / 2) + Math.log(7 / 1) + Math.log(6 / 4)) / 3, 5);
  });

  it('has the gradients that differences show', () => {
    checkGradients(
      [
        [wave(4), [2, 2]],
        [wave(6, 5), [3, 2]],
        [wave(8, 20), [4, 2]],
      ],
      (tf, users, targets, others) =>
        groupedSoftmax(tf, {
          users: users!,
          targets: targets!,
          owners: tf.tensor1d([1, 0, 1], 'int32'),
          others: others!,
          weights: tf.tensor2d([1, 0, 2, 3, 0.5, 1, 1, 0], [2, 4]),
        }),
    );
  });

  it('stays finite for large logits', () => {
    const found = value((tf) =>
      groupedSoftmax(tf, {
        users: tf.tensor2d([100], [1, 1]),
        targets: tf.tensor2d([3], [1, 1]),
        owners: tf.tensor1d([0], 'int32'),
        others: tf.tensor2d([-3], [1, 1]),
        weights: tf.tensor2d([1], [1, 1]),
      }),
    );
    expect(Number.isFinite(found)).toBe(true);
  });
});

describe('multinomial', () => {
  it('is the negative log-likelihood of the counts, with its gradient', () => {
    const logits = [0, Math.log(2), Math.log(5), 0, 0, 0];
    const counts = [1, 0, 2, 0, 1, 0];
    const found = value((tf) => multinomial(tf, tf.tensor2d(logits, [2, 3]), tf.tensor2d(counts, [2, 3])));
    expect(found).toBeCloseTo((Math.log(8) + 2 * Math.log(8 / 5) + Math.log(3)) / 2, 5);
    checkGradients([[wave(6), [2, 3]]], (tf, x) => multinomial(tf, x!, tf.tensor2d(counts, [2, 3])));
  });
});

it('scales rows to unit length and leaves zeros', () => {
  const found = runtime.scope(() => unitLength(runtime.tf, runtime.tf.tensor2d([3, 4, 0, 0], [2, 2])));
  const values = [...found.dataSync()];
  for (const [k, wanted] of [0.6, 0.8, 0, 0].entries()) expect(values[k]).toBeCloseTo(wanted, 5);
});

const matrix = (users: number, items: number, pairs: readonly (readonly [number, number])[]): Csr =>
  csrFromTriplets(
    users,
    items,
    Int32Array.from(pairs, ([user]) => user),
    Int32Array.from(pairs, ([, item]) => item),
    new Float32Array(pairs.length).fill(1),
  );

it('names every positive of the users with its row', () => {
  const positives = matrix(3, 4, [
    [0, 1],
    [0, 3],
    [2, 0],
  ]);
  const { items, owners } = userTargets(positives, Int32Array.of(2, 1, 0));
  expect([...items]).toEqual([0, 1, 3]);
  expect([...owners]).toEqual([0, 2, 2]);
});

describe('sharedNegatives', () => {
  const positives = matrix(2, 50, [
    [0, 7],
    [0, 9],
    [1, 9],
    [1, 11],
  ]);

  it("draws each item once and gives no weight to what is the user's own", () => {
    const draw = sharedNegatives(positives, { uniform: 50, inBatch: 3, logQ: false });
    const { items, weights } = draw(Int32Array.of(1, 0), Int32Array.of(9, 11, 7), createRng(1));
    expect([...items].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, k) => k));
    items.forEach((item, k) => {
      expect(weights[k]).toBe(item === 9 || item === 11 ? 0 : 1);
      expect(weights[50 + k]).toBe(item === 7 || item === 9 ? 0 : 1);
    });
  });

  it('weighs an item by 1 / how often it is drawn', () => {
    const draw = sharedNegatives(positives, { uniform: 10, inBatch: 1, logQ: true });
    const { items, weights } = draw(Int32Array.of(0), Int32Array.of(11), createRng(2));
    // 10 of 50 by equal chances; one of the targets by popularity, of which item 11 has a quarter.
    items.forEach((item, k) => {
      if (item === 7 || item === 9) expect(weights[k]).toBe(0);
      else expect(weights[k]).toBeCloseTo(1 / (item === 11 ? 0.2 + 0.25 : 0.2), 4);
    });
  });

  it('depends on the random numbers alone, not on earlier draws', () => {
    const draw = sharedNegatives(positives, { uniform: 10, inBatch: 2, logQ: true });
    const once = () => draw(Int32Array.of(0), Int32Array.of(11, 9), createRng(5)).items.slice();
    expect(once()).toEqual(once());
  });

  it('gives sums over all items on average', () => {
    const draw = sharedNegatives(positives, { uniform: 10, inBatch: 0, logQ: true });
    const rng = createRng(3);
    let sum = 0;
    for (let round = 0; round < 400; round++) {
      const { items, weights } = draw(Int32Array.of(0), new Int32Array(0), rng);
      items.forEach((item, k) => {
        sum += item * weights[k]!;
      });
    }
    // 0 + 1 + ... + 49 without the user's own 7 and 9.
    expect(sum / 400 / (1225 - 16)).toBeCloseTo(1, 1);
  });
});

describe('listValidation', () => {
  it('is the NDCG of what was held out, what was trained left out', async () => {
    const kernels = createKernels({ threads: 1 });
    try {
      const trained = matrix(3, 4, [
        [0, 0],
        [1, 1],
      ]);
      const held = tiny(3, 4, [
        [0, 1],
        [0, 3],
        [2, 2],
      ]);
      const validation = listValidation(kernels, trained, held, createRng(1))!;
      // User 1 has nothing held out, user 2 nothing trained.
      expect([...validation.users]).toEqual([0]);
      const users = { rows: 1, columns: 1, data: Float32Array.of(1) };
      const items = { rows: 4, columns: 1, data: Float32Array.of(9, 3, 2, 1) };
      // Item 0 is masked: 1 at rank 1, 2, then 3 at rank 3.
      const wanted = (1 + 1 / Math.log2(4)) / (1 + 1 / Math.log2(3));
      expect(await validation.ndcg(users, items)).toBeCloseTo(wanted, 6);
      expect(listValidation(kernels, trained, tiny(3, 4, [[2, 2]]), createRng(1))).toBeUndefined();
    } finally {
      await kernels.dispose();
    }
  });
});
