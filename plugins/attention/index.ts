import { defineModel, definePlugin, type Kernels, type Model, type TensorRuntime, tokens } from 'recograph';
import { createRng } from 'recograph/math';
import { loadNextItem, nextItemModel, trainNextItem } from 'recograph/nn';
import { z } from 'zod';
import { attentionNetwork } from './network.ts';

export const config = z
  .strictObject({
    dimensions: z.int().positive().default(64).describe('Width of the item vectors.'),
    layers: z.int().positive().default(2),
    heads: z.int().positive().default(2).describe('Divides dimensions.'),
    feedForward: z.int().positive().optional().describe('Width between the two dense layers; default: dimensions.'),
    length: z.int().positive().default(50).describe('The newest steps of a history that are read.'),
    dropout: z.number().min(0).lt(1).default(0.5),
    loss: z
      .enum(['sampled-softmax', 'softmax', 'bce'])
      .default('sampled-softmax')
      .describe('Cross-entropy against shared uniform negatives, against all items, or one negative a step.'),
    negatives: z.int().positive().default(512).describe('sampled-softmax: items drawn for each batch.'),
    epochs: z.int().positive().default(60),
    batchSize: z.int().positive().default(256).describe('Sequences in a step.'),
    learningRate: z.number().positive().default(0.001),
    weightDecay: z.number().nonnegative().default(0),
    patience: z
      .int()
      .positive()
      .default(10)
      .describe('Epochs without a better validation figure before stopping; matters only with a validation part.'),
  })
  .refine(({ dimensions, heads }) => dimensions % heads === 0, {
    path: ['heads'],
    error: 'heads must divide dimensions',
  });

const create = (
  settings: z.infer<typeof config>,
  deps: { readonly runtime: TensorRuntime; readonly kernels: Kernels },
): Model => ({
  fit: async (data, _inputs, options) => {
    const network = attentionNetwork(settings, data.items.size, options.rng.fork('init'));
    await trainNextItem(deps, network, settings, data, options);
    return nextItemModel(deps, network);
  },
  restore: (state) => {
    const network = attentionNetwork(settings, state.tensors.items!.shape[0]!, createRng(0));
    loadNextItem(network, state);
    return nextItemModel(deps, network);
  },
});

/** Causal self-attention over what somebody did: SASRec (Kang & McAuley 2018). */
export const attention = defineModel({
  type: 'attention',
  config,
  inject: { runtime: tokens.runtime, kernels: tokens.kernels },
  create,
});

export default definePlugin({ name: 'recograph-plugin-attention', apiVersion: 1, components: [attention] });
