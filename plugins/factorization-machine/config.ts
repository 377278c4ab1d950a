import { fieldKeys, taskKey, trainingFields } from 'recograph/nn';
import { z } from 'zod';
import { trainingDefaults } from './training-defaults.ts';

export const config = z.strictObject({
  order: z
    .union([z.literal(1), z.literal(2)])
    .default(2)
    .describe('2: weights and pairwise interactions; 1: weights alone, logistic (or linear) regression.'),
  factors: z.int().positive().default(10).describe("Width of the features' vectors."),
  ...fieldKeys,
  task: taskKey,
  regularization: z
    .number()
    .nonnegative()
    .default(0.003)
    .describe('L2 on the vectors, and on the weights, that an example uses.'),
  ...trainingFields(trainingDefaults),
});

export type FactorizationMachineConfig = z.output<typeof config>;
