import { defineModel, definePlugin, tokens } from 'recograph';
import { z } from 'zod';
import { createFactorizationMachine } from './factorization-machine.ts';

export const config = z.strictObject({
  order: z
    .union([z.literal(1), z.literal(2)])
    .default(2)
    .describe('2: weights and pairwise interactions; 1: weights alone, logistic (or linear) regression.'),
  factors: z.int().positive().default(10).describe("Width of the features' vectors."),
  ids: z
    .array(z.enum(['user', 'item']))
    .default(['user', 'item'])
    .describe('Which ids are features.'),
  fields: z
    .array(z.string())
    .optional()
    .describe('Columns user.FIELD, item.FIELD, context.FIELD. Default: all that are not raw text.'),
  task: z
    .enum(['classification', 'regression'])
    .default('classification')
    .describe('classification: is it a positive (weight > 0), cross-entropy; regression: the value, squared error.'),
  negatives: z
    .int()
    .nonnegative()
    .optional()
    .describe('Items drawn beside each positive. Default: 0 where events with label 0 were recorded, else 4.'),
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

/** Factorization machine of order 1 or 2 (Rendle 2010) over ids, attributes and context. */
export const factorizationMachine = defineModel({
  type: 'factorization-machine',
  config,
  inject: { runtime: tokens.runtime },
  create: createFactorizationMachine,
});

export default definePlugin({
  name: 'recograph-plugin-factorization-machine',
  apiVersion: 1,
  components: [factorizationMachine],
});
