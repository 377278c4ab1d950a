import { z } from 'zod';

/** What every ranker that learns a scorer can be told; spread it into a config schema. */
export const scorerFields = {
  hidden: z
    .array(z.int().positive())
    .default([])
    .describe('Widths of hidden layers (ReLU). None: the score is a weighted sum of the columns.'),
  regularization: z.number().nonnegative().default(0.01).describe('L2 on the weights: lambda / 2 |w|^2.'),
  epochs: z.int().positive().default(20).describe('Passes over the groups where minibatches are used.'),
  batchSize: z.int().positive().default(32).describe('Groups in a minibatch.'),
  learningRate: z.number().positive().default(0.003).describe('Of Adam, where minibatches are used.'),
};

export interface ScorerConfig {
  readonly hidden: readonly number[];
  readonly regularization: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
}
