import { defineModel, definePlugin, modelRef } from 'recograph';
import { z } from 'zod';
import { createBagging } from './bagging.ts';

const config = z.strictObject({
  model: modelRef(),
  members: z.int().positive().default(10).describe('How many times the model is fitted.'),
  share: z
    .number()
    .positive()
    .max(1)
    .default(1)
    .describe('Events drawn for each member, with replacement, as a share of all events.'),
});

/** The mean score of several fits of a model, each on events of its own (Breiman 1996). */
export const bagging = defineModel({ type: 'bagging', config, create: createBagging });

export default definePlugin({ name: 'recograph-plugin-bagging', apiVersion: 1, components: [bagging] });
