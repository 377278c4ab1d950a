import { fieldKeys, trainingFields } from 'recograph/nn';
import { z } from 'zod';
import { trainingDefaults } from './training-defaults.ts';

const { ids, fields } = fieldKeys;

const task = z.strictObject({
  types: z
    .array(z.string())
    .optional()
    .describe('Types of the events that have a label in this task; others have none. Default: all types.'),
  min: z.number().optional().describe('Label 1 from this value on, 0 below it. Default: 1 for each such event.'),
  predict: z
    .enum(['chance', 'value'])
    .default('chance')
    .describe('chance: of label 1, cross-entropy; value: what was recorded, squared error.'),
  negatives: z
    .boolean()
    .optional()
    .describe('Whether drawn items have label 0 in this task. Default: where labels could only be 1.'),
  lossWeight: z.number().positive().default(1).describe('Of the task in the loss that all tasks share.'),
  embeddingRate: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe("Share of the task's gradient that reaches the embeddings, which all tasks use."),
  scoreWeight: z
    .number()
    .nonnegative()
    .default(1)
    .describe('Of the task in the score: a factor (score "sum"), or an exponent (score "product"); 0 leaves it out.'),
});

export type TaskConfig = z.output<typeof task>;

export const config = z
  .strictObject({
    tasks: z
      .record(z.string().min(1), task)
      .describe('By name, e.g. { click: { types: ["click"] }, liked: { types: ["rating"], min: 4 } }.'),
    architecture: z
      .enum(['shared-bottom', 'mmoe', 'cgc'])
      .default('mmoe')
      .describe(
        'shared-bottom: one network below all tasks; mmoe: several experts, mixed by a gate of each task; cgc: beside them one of its own for each task.',
      ),
    experts: z.int().positive().default(4).describe('mmoe, cgc: how many all tasks share.'),
    hidden: z
      .array(z.int().positive())
      .min(1)
      .default([64, 32])
      .describe('Widths of the hidden layers of the bottom, or of each expert; ReLU after each.'),
    tower: z.array(z.int().positive()).default([16]).describe('Widths of the hidden layers of each task above that.'),
    factors: z.int().positive().default(16).describe("Width of the fields' embeddings."),
    dropout: z.number().nonnegative().lt(1).default(0.2).describe('Share of hidden units dropped while training.'),
    ids,
    fields,
    negatives: z.int().nonnegative().default(4).describe('Items drawn beside each event for the tasks that take them.'),
    weighting: z
      .enum(['fixed', 'uncertainty'])
      .default('fixed')
      .describe("How losses add up: by lossWeight, or by each task's learned uncertainty besides."),
    score: z
      .enum(['sum', 'product'])
      .default('product')
      .describe('How the tasks make one score: sum of scoreWeight * p, or product of p ^ scoreWeight.'),
    regularization: z
      .number()
      .nonnegative()
      .default(1e-4)
      .describe('L2 on the embeddings and first-order weights that an example uses.'),
    ...trainingFields(trainingDefaults),
  })
  .refine(({ tasks }) => Object.keys(tasks).length > 0, { path: ['tasks'], error: 'Name at least one task.' })
  .refine(({ tasks }) => Object.values(tasks).some(({ scoreWeight }) => scoreWeight > 0), {
    path: ['tasks'],
    error: 'Every scoreWeight is 0: at least one task has to count in the score.',
  })
  .refine(
    ({ tasks, score }) =>
      score === 'sum' || !Object.values(tasks).some((t) => t.predict === 'value' && t.scoreWeight > 0),
    {
      path: ['score'],
      error: 'score "product" multiplies chances: use "sum", or give tasks that predict values scoreWeight 0.',
    },
  );

export type MultiTaskConfig = z.output<typeof config>;
