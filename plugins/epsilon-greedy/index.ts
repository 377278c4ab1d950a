import { definePlugin, defineStage } from 'recograph';
import { z } from 'zod';
import { createEpsilonGreedy } from './epsilon-greedy.ts';

const config = z.strictObject({
  epsilon: z.number().min(0).max(1).default(0.1).describe('The probability that a slot explores.'),
  explore: z
    .enum(['least-shown', 'optimistic'])
    .default('least-shown')
    .describe('least-shown: the candidate shown least often; optimistic: the greatest (rewards + 1) / (shown + 1).'),
  rewards: z.array(z.string()).optional().describe('Event types that count as a reward; default: every type.'),
  state: z.string().min(1).default('epsilon-greedy').describe('Name of the kept counts; stages may share one.'),
});

/** Now and then shows a candidate from further down, to learn what people make of it. */
export const epsilonGreedy = defineStage({ type: 'epsilon-greedy', config, create: createEpsilonGreedy });

export default definePlugin({ name: 'recograph-plugin-epsilon-greedy', apiVersion: 1, components: [epsilonGreedy] });
