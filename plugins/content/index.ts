import { defineFeature, definePlugin } from 'recograph';
import { z } from 'zod';
import { createContent } from './content.ts';

const config = z.strictObject({
  fields: z
    .array(z.string())
    .min(1)
    .default(['title', 'categories'])
    .describe('Item fields with words or categories; one the data does not have adds nothing.'),
  minCount: z.int().positive().default(2).describe('A term in fewer items is left out.'),
  maxFeatures: z.int().positive().default(50_000).describe('At most so many terms, the most frequent ones.'),
  dimensions: z
    .int()
    .min(1)
    .max(512)
    .default(128)
    .describe('Width of the vectors. With no more terms than that, they are the tf-idf rows themselves.'),
});

/** Vectors of items from their words and categories: tf-idf, reduced by latent semantic analysis. */
export const content = defineFeature({ type: 'content', config, create: createContent });

export default definePlugin({ name: 'recograph-plugin-content', apiVersion: 1, components: [content] });
