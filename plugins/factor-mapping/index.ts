import { defineModel, definePlugin, modelRef, tokens, vectorsRef } from 'recograph';
import { z } from 'zod';
import { createFactorMapping } from './factor-mapping.ts';

const config = z.strictObject({
  model: modelRef(),
  vectors: z
    .union([vectorsRef(), z.array(vectorsRef()).min(1)])
    .describe('A feature, or a model with item vectors; of several each is mapped by itself, and the mean counts.'),
  regularization: z.number().positive().default(1).describe('L2 penalty of the mapping (not of its intercept).'),
  shrinkage: z
    .number()
    .nonnegative()
    .default(10)
    .describe('An item with n positives weighs n / (n + shrinkage) while learning.'),
  leaveOneOut: z
    .boolean()
    .default(false)
    .describe('Score a known item by what the mapping would say had it not learned from it, as a new one is scored.'),
});

/** A factor model's scores for items it has never seen: content vectors mapped to its factors. */
export const factorMapping = defineModel({
  type: 'factor-mapping',
  config,
  inject: { kernels: tokens.kernels },
  create: createFactorMapping,
});

export default definePlugin({ name: 'recograph-plugin-factor-mapping', apiVersion: 1, components: [factorMapping] });
