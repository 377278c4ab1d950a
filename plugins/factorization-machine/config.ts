import { fieldKeys, taskKey } from 'recograph/nn';
import { z } from 'zod';

export const config = z.strictObject({
  order: z
    .union([z.literal(1), z.literal(2)])
    .default(2)
    .describe('2: weights and pairwise interactions; 1: weights alone, logistic (or linear) regression.'),
  factors: z.int().positive().default(10).describe("Width of the features' vectors."),
  ...fieldKeys,
  task: taskKey,
  epochs: z.int().positive().default(15),
  learningRate: z.number().positive().default(0.01),
  batchSize: z.int().positive().default(1024),
  regularization: z
    .number()
    .nonnegative()
    .default(0.003)
    .describe('L2 on the vectors, and on the weights, that an example uses.'),
  optimizer: z.enum(['adam', 'adagrad', 'sgd']).default('adam'),
  patience: z
    .int()
    .positive()
    .default(3)
    .describe('Epochs without a better validation figure before stopping; matters only with a validation part.'),
});

export type FactorizationMachineConfig = z.output<typeof config>;
