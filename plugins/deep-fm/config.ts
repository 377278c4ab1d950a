import { fieldKeys, frequencyScalingKey, taskKey, trainingFields } from 'recograph/nn';
import { z } from 'zod';
import { trainingDefaults } from './training-defaults.ts';

export const config = z.strictObject({
  variant: z
    .enum(['deep-fm', 'wide-and-deep', 'deep'])
    .default('deep-fm')
    .describe(
      'deep-fm: weights, pairwise interactions and network; wide-and-deep: weights and network; deep: network.',
    ),
  factors: z.int().positive().default(10).describe("Width of the fields' embeddings."),
  hidden: z
    .array(z.int().positive())
    .min(1)
    .default([400, 400, 400])
    .describe("Widths of the network's hidden layers, ReLU after each."),
  dropout: z.number().nonnegative().lt(1).default(0.2).describe('Share of hidden units dropped while training.'),
  ...fieldKeys,
  task: taskKey,
  regularization: z
    .number()
    .nonnegative()
    .default(1e-4)
    .describe('L2 on the embeddings, and on the weights, that an example uses.'),
  frequencyScaling: frequencyScalingKey,
  ...trainingFields(trainingDefaults),
});

export type DeepFmConfig = z.output<typeof config>;
