import { definePlugin, defineStage, vectorsRef } from 'recograph';
import { z } from 'zod';
import { createMmr } from './mmr.ts';

const config = z.strictObject({
  vectors: vectorsRef()
    .optional()
    .describe('Whose vectors say how alike two items are. Without it: the items’ categorical fields and bags.'),
  lambda: z
    .number()
    .min(0)
    .max(1)
    .default(0.7)
    .describe('1 = relevance alone, 0 = diversity alone. A request’s `diversity` d overrides it: lambda = 1 - d.'),
  depth: z.int().positive().default(100).describe('How many of the best candidates are looked at.'),
});

/** Maximal marginal relevance: relevant, and unlike what stands above. */
export const mmr = defineStage({ type: 'mmr', config, create: createMmr });

export default definePlugin({ name: 'recograph-plugin-mmr', apiVersion: 1, components: [mmr] });
