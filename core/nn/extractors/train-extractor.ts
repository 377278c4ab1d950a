import { type FitOptions, RecographError, type Tensor, type TensorRuntime } from '../../spi/index.ts';
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
};
