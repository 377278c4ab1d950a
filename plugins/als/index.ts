import { defineModel, definePlugin, tokens } from 'recograph';
import { z } from 'zod';
import { createAls } from './als.ts';

const config = z.strictObject({
  feedback: z
    .enum(['implicit', 'explicit'])
    .default('implicit')
    .describe('implicit: learn from what people did; explicit: from the values they gave (ratings).'),
  factors: z.int().min(1).max(2048).default(64).describe('Length of the user and item vectors.'),
  epochs: z.int().min(1).default(15).describe('How often both sides are solved.'),
  regularization: z.number().min(0).optional().describe('L2 weight. Default: .007 implicit, 10 explicit.'),
  unobservedWeight: z
    .union([z.number().positive(), z.literal('auto')])
    .default('auto')
    .describe(
      'implicit: what an item that was not chosen weighs, where a chosen one weighs 1 or more. auto: min(.3, max(16 positives / pairs, 430 / sqrt(pairs))), where pairs = users x items.',
    ),
  frequencyScaling: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'How far the L2 weight grows with how often a user or item occurs: 0 = the same for all, 1 = in proportion. Default: 1 implicit, 0 explicit.',
    ),
  initScale: z.number().positive().default(0.1).describe('Standard deviation of a first vector of length 1.'),
  solver: z
    .enum(['cg', 'cholesky'])
    .default('cg')
    .describe('cg: a few conjugate gradient steps from the last epoch on; cholesky: the closed form, slower.'),
  steps: z.int().min(1).default(3).describe('cg: steps an epoch.'),
  center: z.boolean().default(true).describe("explicit: learn what lies above or below the values' mean."),
});

export type AlsOptions = z.output<typeof config>;

/** With every number settled. */
export type AlsConfig = Omit<AlsOptions, 'unobservedWeight'> & { readonly unobservedWeight: number };

/** Matrix factorisation by alternating least squares. */
export const als = defineModel({
  type: 'als',
  config,
  inject: { kernels: tokens.kernels, gpu: tokens.gpu },
  create: createAls,
});

export default definePlugin({ name: 'recograph-plugin-als', apiVersion: 1, components: [als] });
