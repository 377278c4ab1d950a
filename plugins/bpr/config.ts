import { z } from 'zod';

export const config = z.strictObject({
  factors: z.int().positive().default(64).describe('Length of the vectors of users and items.'),
  epochs: z.int().positive().default(30).describe('Passes over the positives, one step each.'),
  learningRate: z.number().positive().default(0.05).describe('Length of a step.'),
  regularization: z.number().nonnegative().default(0.005).describe('L2 of the rows that a step touches.'),
  initScale: z
    .number()
    .positive()
    .default(0.1)
    .describe('Standard deviation of the first factors, times sqrt(factors).'),
  negativeSkew: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Negatives are drawn in proportion to popularity ** negativeSkew: 0 = uniformly, 1 = by popularity.'),
  foldInEpochs: z
    .int()
    .positive()
    .default(30)
    .describe('Passes over the history of a user who came after training, or did more since.'),
});

export type BprConfig = z.output<typeof config>;
