import type { Dataset } from 'recograph';
import { createDataset, createRuntime, createVocabulary, type OwnedRuntime, sortInteractions } from 'recograph';
import { createRng } from 'recograph/math';
import { train } from 'recograph/nn';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { valuedExamples } from '../../plugins/neural-mf/examples.ts';
import { createNetwork, type Network } from '../../plugins/neural-mf/network.ts';
import { pairProblem } from '../../plugins/neural-mf/pair-problem.ts';
import { massOf } from '../../plugins/neural-mf/penalties.ts';
import type { Problem, ProblemConfig } from '../../plugins/neural-mf/problem.ts';
import { wholeProblem } from '../../plugins/neural-mf/whole-problem.ts';
import { fitOptions, tiny } from '../support/tiny.ts';

let runtime: OwnedRuntime;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
});
afterAll(() => runtime.dispose());

const USERS = 4;
const ITEMS = 5;
const FACTORS = 3;
const TAKEN = [
  [0, 0],
  [0, 2],
  [1, 1],
  [1, 2],
  [1, 4],
  [2, 3],
  [3, 0],
  [3, 4],
] as const;
const values: Dataset = createDataset({
  users: createVocabulary(['a', 'b', 'c', 'd']),
  items: createVocabulary(['1', '2', '3', '4', '5']),
  interactions: sortInteractions(
    {
      users: Int32Array.from(TAKEN, ([u]) => u),
      items: Int32Array.from(TAKEN, ([, i]) => i),
      values: Float32Array.from(TAKEN, (_, k) => (k % 5) + 1),
    },
    USERS,
  ),
});
const clicks = tiny(USERS, ITEMS, TAKEN);

const dotNetwork = (): Network =>
  createNetwork(
    {
      variant: 'dot',
      users: USERS,
      items: ITEMS,
      factors: FACTORS,
      mlpFactors: 1,
      hidden: [1],
      dropout: 0,
      biases: false,
    },
    0.7,
    createRng(3),
  );

/** The gradient that one step on everything takes, by a step of plain gradient descent of length 1. */
const gradientOf = async (network: Network, problem: Problem): Promise<number[]> => {
  const before = network.parameters.map(({ data }) => data.slice());
  await train({
    runtime,
    parameters: network.parameters,
    optimizer: { kind: 'sgd', learningRate: 1 },
    examples: problem.count,
    batchSize: problem.count,
    epochs: 1,
    fit: fitOptions(),
    batch: (rows, { rng }) => problem.batch(rows, rng),
    loss: (inputs, pass) => problem.loss(inputs, pass),
  });
  return network.parameters.flatMap(({ data }, p) => [...before[p]!].map((value, k) => value - data[k]!));
};

/** Central differences of a function of U and V, in the order of the network's parameters. */
const differences = (network: Network, objective: (u: number[][], v: number[][]) => number): number[] => {
  const flat = network.parameters.flatMap(({ data }) => [...data]);
  const rows = (from: number, count: number, x: readonly number[]) =>
    Array.from({ length: count }, (_, r) => x.slice(from + r * FACTORS, from + (r + 1) * FACTORS));
  const at = (x: readonly number[]) => objective(rows(0, USERS, x), rows(USERS * FACTORS, ITEMS, x));
  const h = 1e-5;
  return flat.map((value, k) => {
    const [up, down] = [flat.slice(), flat.slice()];
    up[k] = value + h;
    down[k] = value - h;
    return (at(up) - at(down)) / (2 * h);
  });
};

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, k) => sum + x * b[k]!, 0);
const frobenius = (m: readonly number[][]): number => m.reduce((sum, row) => sum + dot(row, row), 0);
const largestRow = (m: readonly number[][]): number => Math.max(...m.map((row) => dot(row, row)));
const taken = (u: number, i: number): boolean => TAKEN.some(([a, b]) => a === u && b === i);

const none: ProblemConfig = {
  loss: 'squared',
  regularization: 0,
  frequencyScaling: 0,
  maxNormUsers: 0,
  maxNormItems: 0,
};
const weights: Partial<ProblemConfig>[] = [
  {},
  { regularization: 0.3 },
  { maxNormUsers: 0.7 },
  { maxNormItems: 0.9 },
  { regularization: 0.3, maxNormUsers: 0.7, maxNormItems: 0.9 },
];
const penalty = (config: ProblemConfig, u: number[][], v: number[][]): number =>
  (config.regularization / 2) * (frobenius(u) + frobenius(v)) +
  (config.maxNormUsers / 2) * largestRow(u) +
  (config.maxNormItems / 2) * largestRow(v);

const expectSame = (gradient: readonly number[], expected: readonly number[], scale: number): void => {
  for (const [k, value] of expected.entries()) expect(gradient[k]! * scale).toBeCloseTo(value, 3);
};

it.each(weights)('values: 1/2 |Y - UV|^2 over what is known, plus %o', async (given) => {
  const config = { ...none, ...given };
  const network = dotNetwork();
  const expected = differences(network, (u, v) => {
    const errors = TAKEN.map(([a, b], k) => ((k % 5) + 1 - dot(u[a]!, v[b]!)) ** 2);
    return errors.reduce((sum, error) => sum + error / 2, 0) + penalty(config, u, v);
  });
  const gradient = await gradientOf(network, pairProblem(network, valuedExamples(values), config));
  expectSame(gradient, expected, TAKEN.length);
});

it.each(weights)('takings: 1/2 |Y - UV|^2 over the whole of Y, plus %o', async (given) => {
  const config = { ...none, ...given };
  const network = dotNetwork();
  const expected = differences(network, (u, v) => {
    let sum = penalty(config, u, v);
    for (let a = 0; a < USERS; a++) {
      for (let b = 0; b < ITEMS; b++) sum += ((taken(a, b) ? 1 : 0) - dot(u[a]!, v[b]!)) ** 2 / 2;
    }
    return sum;
  });
  const gradient = await gradientOf(
    network,
    wholeProblem(network, clicks, () => 1, config),
  );
  expectSame(gradient, expected, USERS * ITEMS);
});

it('frequencyScaling 1: the L2 of a row counts once for each of its examples', async () => {
  const config = { ...none, regularization: 0.3, frequencyScaling: 1 };
  const network = dotNetwork();
  const expected = differences(network, (u, v) => {
    const each = TAKEN.map(([a, b], k) => {
      const error = ((k % 5) + 1 - dot(u[a]!, v[b]!)) ** 2 / 2;
      return error + 0.15 * (dot(u[a]!, u[a]!) + dot(v[b]!, v[b]!));
    });
    return each.reduce((sum, one) => sum + one, 0);
  });
  const gradient = await gradientOf(network, pairProblem(network, valuedExamples(values), config));
  expectSame(gradient, expected, TAKEN.length);
});

it('whole: cross-entropy, a positive weighing 1, another item what it is given', async () => {
  const unobserved = (user: number): number => 0.2 + 0.1 * user;
  const config = { ...none, loss: 'bce' as const, regularization: 0.05, frequencyScaling: 1 };
  const network = dotNetwork();
  const positives = clicks.positives();
  const mass = massOf(positives, unobserved);
  const expected = differences(network, (u, v) => {
    let sum = 0;
    for (let a = 0; a < USERS; a++) {
      for (let b = 0; b < ITEMS; b++) {
        const score = dot(u[a]!, v[b]!);
        const weight = taken(a, b) ? 1 : unobserved(a);
        const error = Math.log1p(Math.exp(score)) - (taken(a, b) ? score : 0);
        sum += weight * (error + 0.025 * (dot(u[a]!, u[a]!) + dot(v[b]!, v[b]!)));
      }
    }
    return sum;
  });
  const gradient = await gradientOf(network, wholeProblem(network, clicks, unobserved, config));
  expectSame(gradient, expected, mass.total);
  // 8 positives; 3, 2, 4 and 3 other items at .2, .3, .4 and .5.
  expect(mass.total).toBeCloseTo(8 + 0.6 + 0.6 + 1.6 + 1.5, 5);
});
