import { z } from 'zod';

/** Config keys of a pointwise model over fields, alike in every such plugin: spread them into its schema. */
export const fieldKeys = {
  ids: z
    .array(z.enum(['user', 'item']))
    .default(['user', 'item'])
    .describe('Which ids are features.'),
  fields: z
    .array(z.string())
    .optional()
    .describe('Columns user.FIELD, item.FIELD, context.FIELD. Default: all that are not raw text.'),
  negatives: z
    .int()
    .nonnegative()
    .optional()
    .describe('Items drawn beside each positive. Default: 0 where events with label 0 were recorded, else 4.'),
};

/** Which of the two a pointwise model learns. */
export const taskKey = z
  .enum(['classification', 'regression'])
  .default('classification')
  .describe('classification: is it a positive (weight > 0), cross-entropy; regression: the value, squared error.');

/** How L2 of a field's rows depends on how often they are looked up. */
export const frequencyScalingKey = z
  .number()
  .min(0)
  .max(1)
  .default(1)
  .describe('How far L2 of a row grows with how often it occurs: 0 = the same for all, 1 = in proportion.');

/** c^(scaling - 1) of each table row, c its occurrences in an epoch: its share in each of them. Undefined where all are 1. */
export const frequencyShares = (occurrences: Float64Array, scaling: number): Float32Array | undefined =>
  scaling === 1 ? undefined : Float32Array.from(occurrences, (count) => (count > 0 ? count ** (scaling - 1) : 0));
