import { defineModel, definePlugin, tokens } from 'recograph';
import { nextItemFields, nextItemLearner } from 'recograph/nn';
import { z } from 'zod';
import { rnnNetwork } from './network.ts';

export const config = z.strictObject({
  cell: z.enum(['simple', 'lstm', 'gru']).default('gru'),
  dimensions: z.int().positive().default(64).describe('Width of the item vectors.'),
  units: z.int().positive().default(128).describe('Width of the hidden state.'),
  layers: z.int().positive().default(1),
  dropout: z.number().min(0).lt(1).default(0.3).describe('On what enters a layer and on what leaves the last.'),
  ...nextItemFields,
  clipNorm: z.number().positive().default(5).describe('Largest L2 norm of a step’s gradients together.'),
});

/** A recurrent network over what somebody did: GRU4Rec (Hidasi et al. 2016), LSTM or a simple cell. */
export const rnn = defineModel({
  type: 'rnn',
  config,
  inject: { runtime: tokens.runtime, kernels: tokens.kernels },
  create: (settings, deps) => nextItemLearner(deps, settings, (itemCount, rng) => rnnNetwork(settings, itemCount, rng)),
});

export default definePlugin({ name: 'recograph-plugin-rnn', apiVersion: 1, components: [rnn] });
