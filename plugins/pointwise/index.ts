import { definePlugin, defineRanker, featureRef } from 'recograph';
import { learnedRanker, scorerFields } from 'recograph/nn';
import { z } from 'zod';
import { logisticLoss, squaredLoss } from './losses.ts';

const config = z.strictObject({
  features: z.array(featureRef()).min(1).describe('The columns that a candidate is scored by.'),
  loss: z
    .enum(['logistic', 'mse'])
    .default('logistic')
    .describe('logistic: was it chosen; the score is a logit. mse: regression on the label.'),
  ...scorerFields,
});

/** Each candidate for itself: the probability that it is chosen, or its label. */
export const pointwise = defineRanker({
  type: 'pointwise',
  config,
  create: (settings) =>
    learnedRanker(settings, settings.loss === 'logistic' ? logisticLoss : squaredLoss, { convex: true }),
});

export default definePlugin({ name: 'recograph-plugin-pointwise', apiVersion: 1, components: [pointwise] });
