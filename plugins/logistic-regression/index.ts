import { defineModel, definePlugin } from 'recograph';
import { z } from 'zod';
import { createLogisticRegression } from './logistic-regression.ts';

const config = z.strictObject({
  ids: z
    .array(z.enum(['user', 'item']))
    .default(['user', 'item'])
    .describe('Which ids have weights of their own.'),
  fields: z
    .array(z.string())
    .optional()
    .describe('Columns user.FIELD, item.FIELD, context.FIELD. Default: all that are not raw text.'),
  crosses: z
    .array(z.array(z.string()).min(2))
    .default([])
    .describe('Conjunctions with weights of their own, e.g. ["user", "item.categories"]: what makes lists personal.'),
  crossSize: z.int().positive().default(262_144).describe('Weights a cross; conjunctions are hashed to them.'),
  label: z
    .enum(['weight', 'value'])
    .default('weight')
    .describe('What makes an event a positive: its weight (by data.feedback) is > 0, or its value is.'),
  negatives: z
    .int()
    .nonnegative()
    .optional()
    .describe(
      'Items drawn as negatives beside each positive. Default: 0 where events with label 0 were recorded, else 4.',
    ),
  epochs: z.int().positive().default(10),
  learningRate: z.number().positive().default(0.1).describe('alpha of FTRL-Proximal.'),
  regularization: z.number().nonnegative().default(1).describe('L2 penalty on the sum of all losses.'),
  sparsity: z.number().nonnegative().default(0).describe('L1 penalty: weights that do not pay become exactly 0.'),
});

/** The probability of a positive from ids, attributes and the context of the request. */
export const logisticRegression = defineModel({
  type: 'logistic-regression',
  config,
  create: createLogisticRegression,
});

export default definePlugin({
  name: 'recograph-plugin-logistic-regression',
  apiVersion: 1,
  components: [logisticRegression],
});
