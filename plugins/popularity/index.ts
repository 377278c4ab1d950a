import { defineModel, definePlugin } from 'recograph';
import { z } from 'zod';
import { createPopularity } from './popularity.ts';

const config = z.strictObject({
  halfLifeDays: z
    .number()
    .positive()
    .optional()
    .describe('An event counts half as much every so many days before the newest one. Without it age does not matter.'),
});

/** Counts what everybody did: the same list for all. */
export const popularity = defineModel({ type: 'popularity', config, create: createPopularity });

export default definePlugin({ name: 'recograph-plugin-popularity', apiVersion: 1, components: [popularity] });
