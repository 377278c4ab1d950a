import { setImmediate } from 'node:timers/promises';
import { type FitOptions, throwIfCancelled } from '../../spi/index.ts';
import { shuffled } from '../batches.ts';
import { zeros } from '../initializers.ts';
import { parameter } from '../parameter.ts';
import { Optimizer } from '../stores/optimizer.ts';
import type { GroupLoss } from './group-loss.ts';
import { minimise } from './lbfgs.ts';
import type { Scorer } from './scorer.ts';

export interface ScorerProblem {
  readonly scorer: Scorer;
  /** [rows x inputs]. */
  readonly inputs: Float32Array;
  readonly offsets: Uint32Array;
  readonly loss: GroupLoss;
  /** lambda: lambda/2 |weights|^2 beside the mean loss. */
  readonly regularization: number;
}

export interface DescentConfig {
  readonly epochs: number;
  /** Groups in a step. */
  readonly batchSize: number;
  readonly learningRate: number;
}

/** Iterations after which L-BFGS gives up; it mostly stops long before. */
const MAX_ITERATIONS = 100;

/** The minimum by full-batch L-BFGS from zero: for losses that are smooth and convex in the parameters. */
export const fitConvex = (problem: ScorerProblem, { signal, report }: FitOptions): Promise<Float64Array> => {
  const groups = learnable(problem.loss);
  const evaluate = lossOver(problem);
  return minimise(
    (parameters, gradient) => evaluate(parameters, groups, gradient),
    problem.scorer.size,
    MAX_ITERATIONS,
    async (epoch, loss) => {
      report({ epoch, epochs: MAX_ITERATIONS, loss });
      await setImmediate();
      throwIfCancelled(signal);
    },
  );
};

/** Minibatches of groups by Adam. */
export const fitByDescent = async (
  problem: ScorerProblem,
  { epochs, batchSize, learningRate }: DescentConfig,
  { rng, signal, report }: FitOptions,
): Promise<Float64Array> => {
  const { scorer, loss } = problem;
  const groups = learnable(loss);
  const evaluate = lossOver(problem);
  const parameters = scorer.init(rng.fork('init'));
  const learned = parameter('scorer', [scorer.size], zeros);
  learned.data.set(parameters);
  const optimizer = new Optimizer({ kind: 'adam', learningRate }, [learned]);
  const gradient = new Float64Array(scorer.size);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = shuffled(groups.length, rng.fork(`epoch ${epoch}`));
    let [total, size] = [0, 0];
    for (let at = 0; at < order.length; at += batchSize) {
      const batch = order.subarray(at, at + batchSize).map((place) => groups[place]!);
      const counts = batch.reduce((sum, group) => sum + loss.sizes[group]!, 0);
      total += evaluate(parameters, batch, gradient) * counts;
      size += counts;
      optimizer.apply({ rows: [], dense: [{ parameter: learned, values: Float32Array.from(gradient) }] });
      parameters.set(learned.data);
      await setImmediate();
      throwIfCancelled(signal);
    }
    report({ epoch, epochs, loss: total / size });
  }
  return parameters;
};

const learnable = ({ sizes }: GroupLoss): Int32Array =>
  Int32Array.from(sizes.keys()).filter((group) => sizes[group]! > 0);

/** The mean loss of some groups with its gradient, regularization included. */
const lossOver = ({ scorer, inputs, offsets, loss, regularization }: ScorerProblem) => {
  const rows = offsets.at(-1)!;
  const scores = new Float64Array(rows);
  const slopes = new Float64Array(rows);
  return (parameters: Float64Array, groups: Int32Array, gradient: Float64Array): number => {
    let size = 0;
    for (const group of groups) size += loss.sizes[group]!;
    gradient.fill(0);
    let value = 0;
    for (const group of groups) {
      const [from, to] = [offsets[group]!, offsets[group + 1]!];
      scorer.score(parameters, inputs, from, to, scores);
      value += loss.at(group, scores, slopes) / size;
      for (let row = from; row < to; row++) slopes[row]! /= size;
      scorer.addGradient(parameters, inputs, from, to, slopes, gradient);
    }
    for (let k = 0; k < parameters.length; k++) {
      if (scorer.isWeight[k] === 0) continue;
      value += 0.5 * regularization * parameters[k]! ** 2;
      gradient[k]! += regularization * parameters[k]!;
    }
    return value;
  };
};
