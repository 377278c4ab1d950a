import { defineFeature, definePlugin, tokens, vectorsRef } from 'recograph';
import { extractorFields, textExtractor, textFields } from 'recograph/nn';
import { z } from 'zod';
import { textCnn as network } from './network.ts';

const config = z.strictObject({
  vectors: vectorsRef()
    .optional()
    .describe('Item vectors to train towards: a model with item vectors (als), or another feature.'),
  ...extractorFields,
  ...textFields,
  embedding: z.int().positive().default(64).describe('Width of the token vectors.'),
  filters: z.int().positive().default(64).describe('Filters of each size.'),
  kernels: z.array(z.int().positive()).min(1).default([2, 3, 4]).describe('Tokens that a filter sees.'),
  pooling: z.enum(['max', 'average', 'both']).default('both').describe('Over the places of a filter.'),
  dimensions: z.int().positive().default(64).describe('Width of the vectors, where `vectors` does not give it.'),
  dropout: z.number().min(0).lt(1).default(0.5).describe('On what the output layer sees.'),
  tokenDropout: z.number().min(0).lt(1).default(0.2).describe('Share of tokens left out while training.'),
  epochs: z.int().positive().default(20),
});

/** Vectors of items from their words: a convolutional network (Kim 2014) trained towards factors, labels or both. */
export const textCnn = defineFeature({
  type: 'text-cnn',
  config,
  inject: { runtime: tokens.runtime },
  create: (settings, { runtime }) =>
    textExtractor(settings, runtime, (count, width, rng) => network(settings, count, width, rng)),
});

export default definePlugin({ name: 'recograph-plugin-text-cnn', apiVersion: 1, components: [textCnn] });
