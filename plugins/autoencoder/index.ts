import { defineModel, definePlugin, tokens } from 'recograph';
import { trainingFields } from 'recograph/nn';
import { z } from 'zod';
import { createAutoencoder } from './autoencoder.ts';
import { historyAutoencoder } from './history-autoencoder.ts';
import { trainingDefaults } from './training-defaults.ts';

const config = z.strictObject({
  variant: z
    .enum(['variational', 'denoising'])
    .default('variational')
    .describe('variational: Mult-VAE, multinomial likelihood; denoising: squared error of the reconstruction.'),
  hidden: z
    .array(z.int().positive())
    .optional()
    .describe('Widths between input and code, mirrored behind it. Default: [600] variational, none denoising.'),
  code: z.int().positive().default(200).describe('Width of the code that a history becomes.'),
  dropout: z.number().min(0).lt(1).default(0.5).describe('Share of a history that is left out while learning.'),
  beta: z.number().min(0).default(0.2).describe('variational: what the divergence from the prior weighs at last.'),
  annealEpochs: z.int().min(0).default(10).describe('variational: epochs in which beta rises from 0 to its value.'),
  sampledItems: z
    .int()
    .positive()
    .optional()
    .describe("Items drawn for a step's output beside those that its users chose. Default: all; set it above 20,000."),
  ...trainingFields(trainingDefaults),
});

export type AutoencoderConfig = z.output<typeof config>;

/** What a whole history says: denoising and variational autoencoders over items. */
export const autoencoder = defineModel({
  type: 'autoencoder',
  config,
  inject: { runtime: tokens.runtime, kernels: tokens.kernels },
  create: createAutoencoder,
});

export { historyAutoencoder };

export default definePlugin({
  name: 'recograph-plugin-autoencoder',
  apiVersion: 1,
  components: [autoencoder, historyAutoencoder],
});
