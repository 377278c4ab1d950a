import { csrFromTriplets, type Kernels } from 'recograph';
import { type BprRows, bprWidth, createBprEpochs, createKernels, createRng, foldInBpr } from 'recograph/math';
import { afterAll, expect, it } from 'vitest';

const kernels = createKernels({ threads: 1 });
const two = createKernels({ threads: 2 });
afterAll(() => Promise.all([kernels.dispose(), two.dispose()]));
const { signal } = new AbortController();
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** One factor and a bias a row. */
const rowsOf = (pool: Kernels, users: readonly number[], items: readonly (readonly [number, number])[]): BprRows => {
  const memory = pool.memory();
  const matrix = (rows: readonly (readonly number[])[]) => ({
    rows: rows.length,
    columns: 4,
    data: memory.share(Float32Array.from(rows.flatMap((row) => [...row, 0, 0]))),
  });
  return { users: matrix(users.map((factor) => [factor, 1])), items: matrix(items), bias: 1 };
};
const close = (actual: Iterable<number>, expected: readonly number[]) =>
  [...actual].forEach((value, k) => {
    expect(value).toBeCloseTo(expected[k]!, 6);
  });

it('takes the step of Rendle et al. for the only pair there is', async () => {
  const positives = csrFromTriplets(1, 2, Int32Array.of(0), Int32Array.of(0), Float32Array.of(1));
  const rows = rowsOf(
    kernels,
    [0.5],
    [
      [1, 0.1],
      [0.2, -0.1],
    ],
  );
  const steps = createBprEpochs(kernels, positives, { learningRate: 0.1, regularization: 0.01 }, signal);
  const loss = await steps.epoch(rows, createRng(1));
  const x = 0.5 * (1 - 0.2) + 0.1 - -0.1;
  const step = 0.1 * sigmoid(-x);
  expect(loss).toBeCloseTo(-Math.log(sigmoid(x)), 6);
  close(rows.users.data, [0.5 * 0.999 + step * 0.8, 1, 0, 0]);
  close(rows.items.data.subarray(0, 4), [1 * 0.999 + step * 0.5, 0.1 * 0.999 + step, 0, 0]);
  close(rows.items.data.subarray(4), [0.2 * 0.999 - step * 0.5, -0.1 * 0.999 - step, 0, 0]);
  steps.release();
});

it.each([-90, -30, -3, -0.4, 0, 0.4, 3, 30, 90])('has the loss of a margin of %d', async (x) => {
  const positives = csrFromTriplets(1, 2, Int32Array.of(0), Int32Array.of(1), Float32Array.of(1));
  const rows = rowsOf(
    kernels,
    [1],
    [
      [0, 0],
      [x, 0],
    ],
  );
  const steps = createBprEpochs(kernels, positives, { learningRate: 0.1, regularization: 0 }, signal);
  const loss = await steps.epoch(rows, createRng(1));
  const expected = Math.max(0, -x) + Math.log1p(Math.exp(-Math.abs(x)));
  expect(Math.abs(loss - expected)).toBeLessThan(1e-6 * (1 + expected));
  expect(rows.users.data[0]).toBeCloseTo(1 + 0.1 * sigmoid(-x) * x, 5);
  steps.release();
});

it('never takes a positive for a negative, and draws by weight', async () => {
  // user 0 chose 0 and 1; of the others only item 3 has a weight
  const positives = csrFromTriplets(1, 4, Int32Array.of(0, 0), Int32Array.of(0, 1), Float32Array.of(1, 1));
  const rows = rowsOf(
    kernels,
    [0.5],
    Array.from({ length: 4 }, () => [0.1, 0] as const),
  );
  const negativeWeights = Float64Array.of(1, 1, 0, 1);
  const steps = createBprEpochs(kernels, positives, { learningRate: 0.1, regularization: 0, negativeWeights }, signal);
  for (let epoch = 0; epoch < 20; epoch++) await steps.epoch(rows, createRng(epoch));
  const biases = [1, 5, 9, 13].map((place) => rows.items.data[place]!);
  expect(biases[0]).toBeGreaterThan(0);
  expect(biases[1]).toBeGreaterThan(0);
  expect(biases[2]).toBe(0);
  expect(biases[3]).toBeCloseTo(-(biases[0]! + biases[1]!), 5);
  steps.release();
});

it('passes over a user who chose everything', async () => {
  const positives = csrFromTriplets(1, 2, Int32Array.of(0, 0), Int32Array.of(0, 1), Float32Array.of(1, 1));
  const rows = rowsOf(
    kernels,
    [0.5],
    [
      [1, 0],
      [2, 0],
    ],
  );
  const steps = createBprEpochs(kernels, positives, { learningRate: 0.1, regularization: 0.1 }, signal);
  expect(await steps.epoch(rows, createRng(1))).toBe(0);
  close(rows.items.data, [1, 0, 0, 0, 2, 0, 0, 0]);
  steps.release();
});

it('folds a user in with falling steps on its row alone', async () => {
  const rows = rowsOf(
    kernels,
    [0.5],
    [
      [1, 0.1],
      [0.2, -0.1],
    ],
  );
  const positives = csrFromTriplets(1, 2, Int32Array.of(0), Int32Array.of(0), Float32Array.of(1));
  const seeds = Uint32Array.of(7);
  const negativeWeights = Float64Array.of(0, 1);
  const settings = { learningRate: 0.1, regularization: 0.01, negativeWeights, epochs: 2, seeds };
  await foldInBpr(kernels, { ...settings, positives, items: rows.items, bias: 1, rows: rows.users.data });
  let w = 0.5;
  for (const rate of [0.1, 0.05]) w = w * (1 - rate * 0.01) + rate * sigmoid(-(w * 0.8 + 0.2)) * 0.8;
  close(rows.users.data, [w, 1, 0, 0]);
  close(rows.items.data, [1, 0.1, 0, 0, 0.2, -0.1, 0, 0]);
});

it('learns the same rows with any number of threads', async () => {
  const rng = createRng(3);
  const length = 60_000;
  const positives = csrFromTriplets(
    500,
    700,
    Int32Array.from({ length }, () => rng.int(500)),
    Int32Array.from({ length }, () => rng.int(700)),
    new Float32Array(length).fill(1),
  );
  const learn = async (pool: Kernels) => {
    const columns = bprWidth(31);
    const start = createRng(5);
    const draw = (count: number) => Float32Array.from({ length: count * columns }, () => start.normal() / 10);
    const memory = pool.memory();
    const users = { rows: 500, columns, data: memory.share(draw(500)) };
    const items = { rows: 700, columns, data: memory.share(draw(700)) };
    const steps = createBprEpochs(pool, positives, { learningRate: 0.05, regularization: 0.01 }, signal);
    const losses = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      losses.push(await steps.epoch({ users, items, bias: 31 }, createRng(epoch)));
    }
    return { losses, users: users.data.slice(), items: items.data.slice() };
  };
  expect(await learn(two)).toEqual(await learn(kernels));
});
