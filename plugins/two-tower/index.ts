import { defineModel, definePlugin, tokens } from 'recograph';
import { trainingFields } from 'recograph/nn';
import { z } from 'zod';
import { trainingDefaults } from './training-defaults.ts';
import { createTwoTower } from './two-tower.ts';

const config = z.strictObject({
  dimensions: z.int().positive().default(64).describe('Width of the vectors of fields, users and items.'),
  hidden: z
    .array(z.int().positive())
    .default([])
    .describe('Widths of the hidden layers of both towers, ReLU after each. Default: none, fields are summed.'),
  ids: z
    .array(z.enum(['user', 'item']))
    .default(['user', 'item'])
    .describe('Which ids are fields.'),
  fields: z
    .array(z.string())
    .optional()
    .describe('Columns user.FIELD and item.FIELD. Default: all that are not raw text.'),
  history: z
    .enum(['mean', 'attention', 'none'])
    .default('mean')
    .describe("How the vectors of a history's items become a field of the user."),
  targetShare: z
    .number()
    .positive()
    .max(1)
    .default(0.5)
    .describe("Share of a user's positives that a step predicts; the others are the history it predicts from."),
  temperature: z.number().positive().default(0.2).describe('What cosines are divided by before the softmax.'),
  negatives: z.int().min(0).default(1024).describe('Items drawn for each step with equal chances.'),
  inBatch: z.int().min(0).default(1024).describe("Items drawn for each step from its users' targets."),
  logQ: z.boolean().default(true).describe('Whether a drawn item weighs 1 / its chance of being drawn.'),
  popularity: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('A score is the cosine times (positives of the item in the training data + 1)^popularity.'),
  ...trainingFields(trainingDefaults),
});

export type TwoTowerConfig = z.output<typeof config>;

/** Retrieval by two towers: vectors of users and of items from ids, attributes, text and history. */
export const twoTower = defineModel({
  type: 'two-tower',
  config,
  inject: { runtime: tokens.runtime, kernels: tokens.kernels },
  create: createTwoTower,
});

export default definePlugin({ name: 'recograph-plugin-two-tower', apiVersion: 1, components: [twoTower] });
