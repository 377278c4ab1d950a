import { frequencyScalingKey, trainingFields, weightingFields } from 'recograph/nn';
import { z } from 'zod';
import { trainingDefaults } from './training-defaults.ts';

const weight = (what: string) => z.number().nonnegative().default(0).describe(what);

export const config = z.strictObject({
  variant: z
    .enum(['neumf', 'mlp', 'gmf', 'dot'])
    .default('neumf')
    .describe(
      'gmf: weighted element-wise product; mlp: a network over both vectors; neumf: both; dot: the plain inner product.',
    ),
  factors: z.int().positive().default(8).describe('Width of the vectors that are multiplied (gmf, neumf, dot).'),
  mlpFactors: z.int().positive().default(32).describe("Width of the network's own vectors (mlp, neumf)."),
  hidden: z
    .array(z.int().positive())
    .min(1)
    .default([32, 16, 8])
    .describe("Widths of the network's hidden layers, ReLU after each."),
  dropout: z.number().nonnegative().lt(1).default(0).describe('Share of hidden units dropped while training.'),
  biases: z.boolean().default(false).describe('Adds a bias of each user and item, and one of all.'),
  feedback: z
    .enum(['auto', 'explicit', 'implicit'])
    .default('auto')
    .describe(
      'explicit: predict the values; implicit: tell positives from negatives; auto: explicit where values are.',
    ),
  loss: z
    .enum(['bce', 'squared', 'bpr'])
    .optional()
    .describe('bpr: a positive above its negatives. Default: squared explicit, bce implicit.'),
  negatives: z.int().positive().default(4).describe('Implicit: items drawn beside each positive, anew each epoch.'),
  sampling: z
    .enum(['drawn', 'whole'])
    .default('drawn')
    .describe('whole: no drawing; every item that a user has not taken is a negative (gmf, dot).'),
  unobservedWeight: z
    .number()
    .positive()
    .optional()
    .describe('whole: weight of such an item beside 1 for a positive. Default: what drawing comes to on average.'),
  regularization: weight("lambda: L2 of users' and items' vectors and biases."),
  frequencyScaling: frequencyScalingKey,
  maxNormUsers: weight("alpha: L2 of the longest of the users' vectors."),
  maxNormItems: weight("beta: L2 of the longest of the items' vectors."),
  initScale: z.number().positive().default(0.01).describe("Standard deviation of the vectors' first values."),
  ...weightingFields(),
  ...trainingFields(trainingDefaults),
});

export type NeuralMfConfig = z.output<typeof config>;
