import { defineModel, definePlugin } from 'recograph';
import { z } from 'zod';
import { createMarkovChain } from './markov-chain.ts';

/** What comes next by what came last. */
export const markovChain = defineModel({
  type: 'markov-chain',
  config: z.strictObject({
    smoothing: z.number().positive().default(0.1).describe('Added to the count of every step.'),
  }),
  create: createMarkovChain,
});

export default definePlugin({ name: 'recograph-plugin-markov-chain', apiVersion: 1, components: [markovChain] });
