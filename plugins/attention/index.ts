import { defineModel, definePlugin, tokens } from 'recograph';
import { nextItemFields, nextItemLearner } from 'recograph/nn';
import { z } from 'zod';
import { attentionNetwork } from './network.ts';

export const config = z
  .strictObject({
    dimensions: z.int().positive().default(64).describe('Width of the item vectors.'),
    layers: z.int().positive().default(2),
    heads: z.int().positive().default(2).describe('Divides dimensions.'),
    feedForward: z.int().positive().optional().describe('Width between the two dense layers; default: dimensions.'),
    dropout: z.number().min(0).lt(1).default(0.5),
    ...nextItemFields,
  })
  .refine(({ dimensions, heads }) => dimensions % heads === 0, {
    path: ['heads'],
    error: 'heads must divide dimensions',
  });

/** Causal self-attention over what somebody did: SASRec (Kang & McAuley 2018). */
export const attention = defineModel({
  type: 'attention',
  config,
  inject: { runtime: tokens.runtime, kernels: tokens.kernels },
  create: (settings, deps) =>
    nextItemLearner(deps, settings, (itemCount, rng) => attentionNetwork(settings, itemCount, rng)),
});

export default definePlugin({ name: 'recograph-plugin-attention', apiVersion: 1, components: [attention] });
