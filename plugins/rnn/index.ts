import { defineModel, definePlugin, type Kernels, type Model, type TensorRuntime, tokens } from 'recograph';
import { createRng } from 'recograph/math';
import { loadNextItem, nextItemModel, trainNextItem } from 'recograph/nn';
import { z } from 'zod';
import { rnnNetwork } from './network.ts';

export const config = z.strictObject({
  cell: z.enum(['simple', 'lstm', 'gru']).default('gru'),
  dimensions: z.int().positive().default(64).describe('Width of the item vectors.'),
  units: z.int().positive().default(128).describe('Width of the hidden state.'),
  layers: z.int().positive().default(1),
  length: z.int().positive().default(50).describe('The newest steps of a history that are read.'),
  dropout: z.number().min(0).lt(1).default(0.3).describe('On what enters a layer and on what leaves the last.'),
  loss: z
    .enum(['sampled-softmax', 'softmax', 'bce'])
    .default('sampled-softmax')
    .describe('Cross-entropy against shared uniform negatives, against all items, or one negative a step.'),
  negatives: z.int().positive().default(512).describe('sampled-softmax: items drawn for each batch.'),
  epochs: z.int().positive().default(60),
  batchSize: z.int().positive().default(256).describe('Sequences in a step.'),
  learningRate: z.number().positive().default(0.001),
  weightDecay: z.number().nonnegative().default(0),
  clipNorm: z.number().positive().default(5).describe('Largest L2 norm of a step’s gradients together.'),
  patience: z
    .int()
    .positive()
    .default(10)
    .describe('Epochs without a better validation figure before stopping; matters only with a validation part.'),
});

const create = (
  settings: z.infer<typeof config>,
  deps: { readonly runtime: TensorRuntime; readonly kernels: Kernels },
): Model => ({
  fit: async (data, _inputs, options) => {
    const network = rnnNetwork(settings, data.items.size, options.rng.fork('init'));
    await trainNextItem(deps, network, settings, data, options);
    return nextItemModel(deps, network);
  },
  restore: (state) => {
    const network = rnnNetwork(settings, state.tensors.items!.shape[0]!, createRng(0));
    loadNextItem(network, state);
    return nextItemModel(deps, network);
  },
});

/** A recurrent network over what somebody did: GRU4Rec (Hidasi et al. 2016), LSTM or a simple cell. */
export const rnn = defineModel({
  type: 'rnn',
  config,
  inject: { runtime: tokens.runtime, kernels: tokens.kernels },
  create,
});

export default definePlugin({ name: 'recograph-plugin-rnn', apiVersion: 1, components: [rnn] });
