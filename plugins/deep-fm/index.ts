import { defineModel, definePlugin, tokens } from 'recograph';
import { z } from 'zod';
import { createDeepFm } from './deep-fm.ts';

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
  ids: z
    .array(z.enum(['user', 'item']))
    .default(['user', 'item'])
    .describe('Which ids are fields.'),
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
  epochs: z.int().positive().default(10),
  learningRate: z.number().positive().default(0.001),
  batchSize: z.int().positive().default(4096),
  regularization: z
    .number()
    .nonnegative()
    .default(1e-4)
    .describe('L2 on the embeddings, and on the weights, that an example uses.'),
  weightDecay: z.number().nonnegative().default(0).describe('Decoupled, on everything that a step updates.'),
  optimizer: z.enum(['adam', 'adagrad', 'sgd']).default('adam'),
  patience: z
    .int()
    .positive()
    .default(2)
    .describe('Epochs without a better validation figure before stopping; matters only with a validation part.'),
});

/** DeepFM (Guo et al. 2017); by config wide & deep (Cheng et al. 2016) or the network alone. */
export const deepFm = defineModel({
  type: 'deep-fm',
  config,
  inject: { runtime: tokens.runtime },
  create: createDeepFm,
});

export default definePlugin({ name: 'recograph-plugin-deep-fm', apiVersion: 1, components: [deepFm] });
