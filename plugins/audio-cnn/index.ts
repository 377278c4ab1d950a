import {
  defineFeature,
  definePlugin,
  type Extractor,
  type Log,
  type TensorRuntime,
  tokens,
  vectorsRef,
} from 'recograph';
import { extractorFields, gridExtractor } from 'recograph/nn';
import { z } from 'zod';
import { readSounds } from './sounds.ts';

const config = z
  .strictObject({
    vectors: vectorsRef()
      .optional()
      .describe('Item vectors to train towards: a model with item vectors (als), or another feature.'),
    ...extractorFields,
    field: z.string().default('audio').describe('The item field that names the WAV file, or holds a data: URL.'),
    folder: z.string().default('.').describe('Where the files lie, relative to the working directory.'),
    sampleRate: z.int().positive().default(16_000).describe('Hz that a sound is brought to.'),
    bands: z.int().positive().default(64).describe('Mel bands.'),
    frames: z.int().positive().default(128).describe('Spectra of a sound, 512 samples apart: its first 4 s at 16 kHz.'),
    filters: z.array(z.int().positive()).min(1).default([16, 32, 64]).describe('Of each block; each halves the grid.'),
    pooling: z.enum(['max', 'average']).default('max').describe('What halves the grid.'),
    dimensions: z.int().positive().default(64).describe('Width of the vectors, where `vectors` does not give it.'),
    dropout: z.number().min(0).lt(1).default(0.3).describe('On what the output layer sees.'),
    epochs: z.int().positive().default(10),
  })
  .refine(({ bands, frames, filters }) => bands % 2 ** filters.length === 0 && frames % 2 ** filters.length === 0, {
    message: 'bands and frames must be divisible by 2 for each block of filters.',
    path: ['bands'],
  });

const create = (
  settings: z.infer<typeof config>,
  { runtime, log }: { readonly runtime: TensorRuntime; readonly log: Log },
): Extractor => gridExtractor(settings, runtime, 1, (items) => readSounds(items, settings, log));

/** Vectors of items from their sound: a convolutional network over log-mel spectrograms. */
export const audioCnn = defineFeature({
  type: 'audio-cnn',
  config,
  inject: { runtime: tokens.runtime, log: tokens.log },
  create,
});

export default definePlugin({ name: 'recograph-plugin-audio-cnn', apiVersion: 1, components: [audioCnn] });
