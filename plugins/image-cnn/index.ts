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
import { readImages } from './images.ts';

const CHANNELS = 3;

const config = z
  .strictObject({
    vectors: vectorsRef()
      .optional()
      .describe('Item vectors to train towards: a model with item vectors (als), or another feature.'),
    ...extractorFields,
    field: z.string().default('image').describe('The item field that names the image: a file, or a data: URL.'),
    folder: z.string().default('.').describe('Where the files lie, relative to the working directory.'),
    width: z.int().positive().default(48).describe('Pixels that an image is resized to.'),
    height: z.int().positive().default(64),
    filters: z.array(z.int().positive()).min(1).default([16, 32, 64]).describe('Of each block; each halves the image.'),
    pooling: z.enum(['max', 'average']).default('max').describe('What halves the image.'),
    dimensions: z.int().positive().default(64).describe('Width of the vectors, where `vectors` does not give it.'),
    dropout: z.number().min(0).lt(1).default(0.3).describe('On what the output layer sees.'),
    epochs: z.int().positive().default(10),
  })
  .refine(({ width, height, filters }) => width % 2 ** filters.length === 0 && height % 2 ** filters.length === 0, {
    message: 'width and height must be divisible by 2 for each block of filters.',
    path: ['width'],
  });

const create = (
  settings: z.infer<typeof config>,
  { runtime, log }: { readonly runtime: TensorRuntime; readonly log: Log },
): Extractor => gridExtractor(settings, runtime, CHANNELS, (items) => readImages(items, settings, log));

/** Vectors of items from their images: a convolutional network trained towards factors, labels or both. */
export const imageCnn = defineFeature({
  type: 'image-cnn',
  config,
  inject: { runtime: tokens.runtime, log: tokens.log },
  create,
});

export default definePlugin({ name: 'recograph-plugin-image-cnn', apiVersion: 1, components: [imageCnn] });
