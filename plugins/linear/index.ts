import { definePlugin, defineRanker, featureRef } from 'recograph';
import { z } from 'zod';
import { createLinear } from './linear.ts';

const config = z.strictObject({
  features: z.array(featureRef()).min(1).describe('The columns the score is a weighted sum of.'),
  loss: z
    .enum(['softmax', 'logistic'])
    .default('softmax')
    .describe('softmax: which candidate of a request was chosen (listwise); logistic: was it chosen (pointwise).'),
  regularization: z.number().nonnegative().default(0.01).describe('L2 on the weights of the standardised columns.'),
  epochs: z.int().positive().default(100).describe('At most so many passes over the training groups.'),
});

/** A weighted sum of standardised feature columns. */
export const linear = defineRanker({ type: 'linear', config, create: createLinear });

export default definePlugin({ name: 'recograph-plugin-linear', apiVersion: 1, components: [linear] });
