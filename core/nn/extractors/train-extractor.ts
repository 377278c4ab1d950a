import { type FitOptions, RecographError, type Rng, type Tensor, type TensorRuntime } from '../../spi/index.ts';
import { shuffled } from '../batches.ts';
import { train } from '../train.ts';
import type { ItemInputs, ItemNetwork } from './network.ts';
import type { ItemObjective } from './objective.ts';

export interface ExtractorTraining {
  readonly epochs: number;
  /** Items in a step. */
  readonly batchSize: number;
  readonly learningRate: number;
  readonly weightDecay: number;
}

/** Trains an item network on the items that have both something to read and something to teach. DATA_EMPTY where none has. */
export const trainExtractor = async (
  runtime: TensorRuntime,
  network: ItemNetwork,
  inputs: ItemInputs,
  objective: ItemObjective,
  { epochs, batchSize, learningRate, weightDecay }: ExtractorTraining,
  fit: FitOptions,
): Promise<void> => {
  const { weights } = objective;
  const items = Int32Array.from({ length: inputs.rows }, (_, item) => item).filter(
    (item) => weights[item]! > 0 && inputs.has(item),
  );
  if (items.length === 0) {
    throw new RecographError(
      'DATA_EMPTY',
      'No item has both something to extract from and something to train towards. Name fields that the items have, and a target that knows them.',
    );
  }
  const head = objective.head(network.width, fit.rng.fork('head'));
  await train({
    runtime,
    parameters: [...network.parameters, ...head.parameters],
    optimizer: { kind: 'adam', learningRate, weightDecay },
    examples: items.length,
    batchSize,
    epochs,
    fit,
    ...(inputs.size && { order: (rng) => bySize(items, inputs.size!, batchSize, rng) }),
    batch: (examples) => {
      const rows = examples.map((example) => items[example]!);
      return {
        ...inputs.feeds(rows),
        ...objective.feeds(rows),
        weight: Float32Array.from(rows, (row) => weights[row]!),
      };
    },
    loss: (given, pass) => {
      const tensors = given as Record<string, Tensor>;
      return head.loss(pass, network.encode(pass, tensors), tensors);
    },
  });
  objective.rescale(network.outputs);
};

/** How far sizes are blurred before sorting: the same items do not always meet in a batch. */
const BLUR = 0.4;

/** An order in which batches hold items of about one size, the batches themselves in random order. */
const bySize = (items: Int32Array, size: (item: number) => number, batchSize: number, rng: Rng): Int32Array => {
  const blurred = Float64Array.from(items, (item) => size(item) * (1 + BLUR * (2 * rng.next() - 1)));
  const sorted = Int32Array.from(items.keys()).sort((a, b) => blurred[a]! - blurred[b]!);
  const batches = shuffled(Math.ceil(items.length / batchSize), rng);
  // the last batch may be a smaller one, and stays last: batches are cut by their number
  const whole = Math.floor(items.length / batchSize);
  const order = [...batches].filter((b) => b < whole);
  if (whole < batches.length) order.push(whole);
  return Int32Array.from(order.flatMap((b) => [...sorted.subarray(b * batchSize, (b + 1) * batchSize)]));
};
