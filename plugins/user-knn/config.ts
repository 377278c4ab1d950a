import { z } from 'zod';

export const config = z.strictObject({
  similarity: z
    .enum(['inner-product', 'cosine', 'tf-idf', 'bm25'])
    .default('cosine')
    .describe('How two users are compared by the items they have in common.'),
  neighbors: z.int().positive().default(100).describe('How many nearest users speak for a user.'),
  shrinkage: z
    .number()
    .nonnegative()
    .default(0)
    .describe('Distrust of few common items: a similarity over n of them is multiplied by n / (n + shrinkage).'),
  asymmetry: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('cosine and tf-idf: the share of the norm that the neighbour carries; below 0.5 favours busy users.'),
  k1: z.number().nonnegative().default(1.2).describe('bm25: how slowly repeated weight saturates.'),
  b: z.number().min(0).max(1).default(0.75).describe('bm25: how much the length of a row is corrected for.'),
});

export type UserKnnConfig = z.output<typeof config>;
