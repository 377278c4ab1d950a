import { definePlugin, defineRanker, featureRef } from 'recograph';
import { learnedRanker, scorerFields } from 'recograph/nn';
import { z } from 'zod';
import { lambdaRank, rankNet } from './losses.ts';

const config = z.strictObject({
  features: z.array(featureRef()).min(1).describe('The columns that a candidate is scored by.'),
  loss: z
    .enum(['lambdarank', 'ranknet'])
    .default('lambdarank')
    .describe('ranknet: every pair alike; lambdarank: by what swapping the pair changes in NDCG.'),
  ...scorerFields,
});

/** Pairwise: the chosen candidate above the one that was not. */
export const pairwise = defineRanker({
  type: 'pairwise',
  config,
  create: (settings) =>
    settings.loss === 'ranknet'
      ? learnedRanker(settings, rankNet, { convex: true })
      : learnedRanker(settings, lambdaRank, { convex: false }),
});

export default definePlugin({ name: 'recograph-plugin-pairwise', apiVersion: 1, components: [pairwise] });
