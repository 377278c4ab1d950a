import { defineModel, definePlugin, tokens } from 'recograph';
import { z } from 'zod';
import { createMf } from './mf.ts';

export const config = z.strictObject({
  variant: z
    .enum(['mf', 'svd++'])
    .default('mf')
    .describe('svd++: which items a user has events with counts besides their values; explicit feedback only.'),
  factors: z.int().positive().default(64).describe('Width of the user and item vectors.'),
  fields: z
    .array(z.string())
    .default([])
    .describe('Columns user.FIELD and item.FIELD that have weights and vectors beside those of the ids.'),
  epochs: z.int().positive().default(10),
  learningRate: z.number().positive().default(0.005),
  batchSize: z.int().positive().default(1024),
  regularization: z
    .number()
    .nonnegative()
    .optional()
    .describe('L2, on every example, of the rows it uses. Default: .1 explicit, .0001 implicit.'),
  optimizer: z.enum(['adam', 'adagrad', 'sgd']).default('adam'),
  feedback: z
    .enum(['auto', 'explicit', 'implicit'])
    .default('auto')
    .describe(
      'explicit: predict the values; implicit: tell positives from negatives; auto: explicit where values are.',
    ),
  negatives: z.int().positive().default(4).describe('Implicit: sampled negatives for each positive.'),
  patience: z
    .int()
    .positive()
    .default(3)
    .describe('Epochs without a better validation figure before stopping; matters only with a validation part.'),
});

/** Biased matrix factorisation (Koren, Bell & Volinsky 2009), SVD++ (Koren 2008), with features (Chen et al. 2012). */
export const mf = defineModel({ type: 'mf', config, inject: { runtime: tokens.runtime }, create: createMf });

export default definePlugin({ name: 'recograph-plugin-mf', apiVersion: 1, components: [mf] });
