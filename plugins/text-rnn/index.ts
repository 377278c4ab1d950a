import { defineFeature, definePlugin, tokens, vectorsRef } from 'recograph';
import { extractorFields, textExtractor, textFields } from 'recograph/nn';
import { z } from 'zod';
import { textRnn as network } from './network.ts';

const config = z.strictObject({
  vectors: vectorsRef()
    .optional()
    .describe('Item vectors to train towards: a model with item vectors (als), or another feature.'),
  ...extractorFields,
  ...textFields,
  cell: z.enum(['simple', 'lstm', 'gru']).default('gru'),
  embedding: z.int().positive().default(64).describe('Width of the token vectors.'),
  units: z.int().positive().default(64).describe('Width of the state.'),
  pooling: z.enum(['last', 'average']).default('average').describe('The last state, or the mean of all.'),
  dimensions: z.int().positive().default(64).describe('Width of the vectors, where `vectors` does not give it.'),
  dropout: z.number().min(0).lt(1).default(0.5).describe('On what the output layer sees.'),
  tokenDropout: z.number().min(0).lt(1).default(0.2).describe('Share of tokens left out while training.'),
  epochs: z.int().positive().default(20),
});

/** Vectors of items from their words, read one after another: a GRU or an LSTM trained towards factors, labels or both. */
export const textRnn = defineFeature({
  type: 'text-rnn',
  config,
  inject: { runtime: tokens.runtime },
  create: (settings, { runtime }) =>
    textExtractor(settings, runtime, (count, width, rng) => network(settings, count, width, rng)),
});

export default definePlugin({ name: 'recograph-plugin-text-rnn', apiVersion: 1, components: [textRnn] });
