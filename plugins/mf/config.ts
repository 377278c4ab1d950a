import { trainingFields } from 'recograph/nn';
import { z } from 'zod';
import { trainingDefaults } from './training-defaults.ts';

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
  regularization: z
    .number()
    .nonnegative()
    .optional()
    .describe('L2, on every example, of the rows it uses. Default: .1 explicit, .0001 implicit.'),
  feedback: z
    .enum(['auto', 'explicit', 'implicit'])
    .default('auto')
    .describe(
      'explicit: predict the values; implicit: tell positives from negatives; auto: explicit where values are.',
    ),
  negatives: z.int().positive().default(4).describe('Implicit: sampled negatives for each positive.'),
  ...trainingFields(trainingDefaults),
  learningRate: z.number().positive().optional().describe('Default: .005 explicit, .002 implicit.'),
});

export type MfConfig = z.output<typeof config>;
