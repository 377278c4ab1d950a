import type { Kernels } from 'recograph';
import { createRng } from 'recograph/math';
import { normal, type OptimizerConfig, sharedOptimizer, table } from 'recograph/nn';
import { expect, it } from 'vitest';
import { Optimizer } from '../../../core/nn/stores/optimizer.ts';
import { withThreads } from '../math/support.ts';

const { signal } = new AbortController();
const plain = { factor: 1, clipNorm: undefined };
/** The last run of values is not a whole one; large enough that threads share it. */
const [ROWS, COLUMNS, STEPS] = [40_001, 3, 4];

const gradientsOf = (step: number): Float32Array => normal(createRng(step), 1)([ROWS, COLUMNS]);

const steps = async (kernels: Kernels, config: OptimizerConfig) => {
  const memory = kernels.memory();
  const own = table('own', ROWS, COLUMNS, (shape) => memory.share(normal(createRng(0), 1)(shape)));
  const optimizer = sharedOptimizer(kernels, memory, config, [own]);
  for (let step = 1; step <= STEPS; step++) {
    await optimizer.step([memory.share(gradientsOf(step))], { factor: 1 / step, clipNorm: undefined }, signal);
  }
  const result = { values: own.data.slice(), state: optimizer.state() };
  memory.release();
  return result;
};

it.each([
  { kind: 'adam', learningRate: 0.01, weightDecay: 0.1 },
  { kind: 'adagrad', learningRate: 0.1 },
  { kind: 'sgd', learningRate: 0.1, momentum: 0.9 },
  { kind: 'sgd', learningRate: 0.1, weightDecay: 0.5 },
] satisfies OptimizerConfig[])(
  'steps a whole table as double-precision code does, for any threads: %o',
  async (config) => {
    const wanted = table('own', ROWS, COLUMNS, normal(createRng(0), 1));
    const optimizer = new Optimizer(config, [wanted]);
    for (let step = 1; step <= STEPS; step++) {
      optimizer.apply({ rows: [], dense: [{ parameter: wanted, values: gradientsOf(step) }] }, 1 / step);
    }
    const [one, two] = await withThreads((kernels) => steps(kernels, config));
    expect(Buffer.compare(Buffer.from(one!.values.buffer), Buffer.from(two!.values.buffer))).toBe(0);
    const worst = wanted.data.reduce((most, value, k) => Math.max(most, Math.abs(value - one!.values[k]!)), 0);
    expect(worst).toBeLessThan(1e-5);
    expect(one!.state.step).toBe(STEPS);
    for (const [name, { shape, data }] of Object.entries(optimizer.state().tensors)) {
      const found = one!.state.tensors[name]!;
      expect(found.shape).toEqual(shape);
      expect(data.every((value, k) => Math.abs(value - found.data[k]!) < 1e-5)).toBe(true);
    }
  },
);

it('goes on from a kept state to the identical result', async () => {
  const config = { kind: 'adam', learningRate: 0.1 } as const;
  const [results] = await withThreads(async (kernels) => {
    const memory = kernels.memory();
    const started = () => {
      const own = table('own', 5, 3, (shape) => memory.share(normal(createRng(0), 1)(shape)));
      return { own, optimizer: sharedOptimizer(kernels, memory, config, [own]) };
    };
    const gradients = [1, 2, 3].map((seed) => memory.share(normal(createRng(seed), 1)([5, 3])));
    const [whole, first] = [started(), started()];
    for (const gradient of gradients) await whole.optimizer.step([gradient], plain, signal);
    for (const gradient of gradients.slice(0, 2)) await first.optimizer.step([gradient], plain, signal);
    const second = started();
    second.own.data.set(first.own.data);
    second.optimizer.restore(first.optimizer.state());
    await second.optimizer.step([gradients[2]!], plain, signal);
    const found = [[...whole.own.data], [...second.own.data]];
    memory.release();
    return found;
  });
  expect(results![1]).toEqual(results![0]);
});

it('clips the gradients together before a step', async () => {
  const [found] = await withThreads(async (kernels) => {
    const memory = kernels.memory();
    const [a, b] = ['a', 'b'].map((name) => table(name, 1, 2, () => memory.floats(2)));
    const optimizer = sharedOptimizer(kernels, memory, { kind: 'sgd', learningRate: 1 }, [a!, b!]);
    const gradients = [memory.share(Float32Array.of(3, 0)), memory.share(Float32Array.of(0, -4))];
    await optimizer.step(gradients, { factor: 1, clipNorm: 1 }, signal);
    const values = [...a!.data, ...b!.data];
    memory.release();
    return values;
  });
  // The norm of (3, 0, 0, -4) is 5.
  [-0.6, 0, 0, 0.8].forEach((value, k) => {
    expect(found![k]).toBeCloseTo(value, 6);
  });
});
