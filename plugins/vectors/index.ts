import { defineFeature, definePlugin } from 'recograph';
import { z } from 'zod';
import { createVectors } from './vectors.ts';

const config = z.strictObject({
  field: z.string().default('embedding').describe('The item field that holds the vectors, a column of numbers.'),
  normalize: z.boolean().default(false).describe('Scale each vector to unit length.'),
});

/** Vectors of items that were made elsewhere: a pretrained embedding as a column of the catalogue. */
export const vectors = defineFeature({ type: 'vectors', config, create: createVectors });

export default definePlugin({ name: 'recograph-plugin-vectors', apiVersion: 1, components: [vectors] });
