import { defineModel, definePlugin, tokens } from 'recograph';
import { trainingFields } from 'recograph/nn';
import { z } from 'zod';
import { createLightGcn } from './lightgcn.ts';
import { trainingDefaults } from './training-defaults.ts';

const config = z.strictObject({
  factors: z.int().min(1).max(512).default(64).describe('Length of the user and item vectors.'),
  layers: z.int().min(1).max(8).default(3).describe('How far a vector travels along the graph.'),
  loss: z
    .enum(['softmax', 'bpr'])
    .default('softmax')
    .describe('softmax: learns cosines against drawn items; bpr: dot products against one drawn item each.'),
  negatives: z.int().positive().default(1024).describe('softmax: items drawn for each step with equal chances.'),
  inBatch: z.int().min(0).default(1024).describe("softmax: items drawn for each step from its users' positives."),
  logQ: z.boolean().default(false).describe('softmax: whether a drawn item weighs 1 / its chance of being drawn.'),
  temperature: z.number().positive().default(0.1).describe('softmax: what cosines are divided by.'),
  lengthExponent: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe("softmax: of the item's length in its score; 0 is the cosine, 1 the dot product."),
  initScale: z.number().positive().default(0.1).describe('Standard deviation of the first values.'),
  ...trainingFields(trainingDefaults),
});

export type LightGcnConfig = z.output<typeof config>;

/** Light graph convolution over who chose what (He et al. 2020). */
export const lightgcn = defineModel({
  type: 'lightgcn',
  config,
  inject: { runtime: tokens.runtime, kernels: tokens.kernels },
  create: createLightGcn,
});

export default definePlugin({ name: 'recograph-plugin-lightgcn', apiVersion: 1, components: [lightgcn] });
