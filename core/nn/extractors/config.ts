import { z } from 'zod';

/** What every trained extractor can be told of its training; beside it stand `vectors` and what the network reads. */
export const extractorFields = {
  tags: z
    .string()
    .optional()
    .describe('An item field with labels to train towards, e.g. categories; with `vectors`, both at once.'),
  shrinkage: z
    .number()
    .nonnegative()
    .default(10)
    .describe('An item with n positives weighs n / (n + shrinkage) while learning `vectors`.'),
  batchSize: z.int().positive().default(64).describe('Items in a step.'),
  learningRate: z.number().positive().default(0.001),
  weightDecay: z.number().nonnegative().default(0),
};
