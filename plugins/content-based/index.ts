import { defineModel, definePlugin, tokens, vectorsRef } from 'recograph';
import { z } from 'zod';
import { createContentBased } from './content-based.ts';

const config = z.strictObject({
  vectors: vectorsRef(),
  halfLifeDays: z
    .number()
    .positive()
    .optional()
    .describe(
      "An event counts half as much every so many days before the user's newest one. Without it age does not matter.",
    ),
});

/** Items like those the user chose, by the vectors of a feature or a model. */
export const contentBased = defineModel({
  type: 'content-based',
  config,
  inject: { kernels: tokens.kernels },
  create: createContentBased,
});

export default definePlugin({ name: 'recograph-plugin-content-based', apiVersion: 1, components: [contentBased] });
