import { z } from 'zod';
import { trainingFields } from '../training-config.ts';

/** Of large data. */
export const nextItemTraining = { epochs: 60, learningRate: 0.001, batchSize: 256, patience: 10 };

/** What every model of the next item can be told; spread it into a config schema. `NextItemConfig` is their type. */
export const nextItemFields = {
  length: z.int().positive().default(50).describe('The newest steps of a history that are read.'),
  loss: z
    .enum(['sampled-softmax', 'softmax', 'bce'])
    .default('sampled-softmax')
    .describe('Cross-entropy against shared uniform negatives, against all items, or one negative a step.'),
  negatives: z.int().positive().default(512).describe('sampled-softmax: items drawn for each batch.'),
  windows: z
    .enum(['newest', 'all'])
    .default('newest')
    .describe('What is learned of a history longer than length: its newest steps, or all, in windows of length.'),
  augment: z
    .array(z.enum(['crop', 'mask', 'reorder']))
    .default([])
    .describe('Ways of which one changes a training sequence in an epoch, or none does, all alike often.'),
  ...trainingFields(nextItemTraining),
};
