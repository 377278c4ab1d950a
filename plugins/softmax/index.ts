import { definePlugin, defineRanker, featureRef } from 'recograph';
import { learnedRanker, scorerFields } from 'recograph/nn';
import { z } from 'zod';
import { softmaxLoss } from './loss.ts';

const config = z.strictObject({
  features: z.array(featureRef()).min(1).describe('The columns that a candidate is scored by.'),
  ...scorerFields,
});

/** Listwise: which of a request's candidates was chosen. */
export const softmax = defineRanker({
  type: 'softmax',
  config,
  create: (settings) => learnedRanker(settings, softmaxLoss, { convex: true }),
});

export default definePlugin({ name: 'recograph-plugin-softmax', apiVersion: 1, components: [softmax] });
