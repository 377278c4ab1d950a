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
