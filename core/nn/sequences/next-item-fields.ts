import { z } from 'zod';

/** What every model of the next item can be told; spread it into a config schema. `NextItemConfig` is their type. */
export const nextItemFields = {
  length: z.int().positive().default(50).describe('The newest steps of a history that are read.'),
  loss: z
    .enum(['sampled-softmax', 'softmax', 'bce'])
    .default('sampled-softmax')
    .describe('Cross-entropy against shared uniform negatives, against all items, or one negative a step.'),
  negatives: z.int().positive().default(512).describe('sampled-softmax: items drawn for each batch.'),
  augment: z
    .array(z.enum(['crop', 'mask', 'reorder']))
    .default([])
    .describe('Ways of which one changes a training sequence in an epoch, or none does, all alike often.'),
  epochs: z.int().positive().default(60),
  batchSize: z.int().positive().default(256).describe('Sequences in a step.'),
  learningRate: z.number().positive().default(0.001),
  weightDecay: z.number().nonnegative().default(0),
  patience: z
    .int()
    .positive()
    .default(10)
    .describe('Epochs without a better validation figure before stopping; matters only with a validation part.'),
};
