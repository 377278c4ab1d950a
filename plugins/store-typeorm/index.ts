import { definePlugin, defineStore, tokens } from 'recograph';
import { z } from 'zod';

/** Events, catalogue, bundles, jobs and what was shown in one SQLite file. */
export const typeorm = defineStore({
  type: 'typeorm',
  config: z.strictObject({
    path: z.string().default('.recograph/recograph.sqlite').describe('The SQLite file.'),
    patienceMs: z
      .int()
      .positive()
      .default(60_000)
      .describe('How long a write waits for another process that holds the database.'),
    unlisted: z
      .enum(['hide', 'recommend'])
      .optional()
      .describe('Items known from events alone; default: hidden where most known items are in the catalogue.'),
  }),
  inject: { clock: tokens.clock },
  // Loaded where a store is opened: serving threads know this plugin too, and open none.
  create: async (config, { clock }) => (await import('./store.ts')).openStore(config, clock),
});

export default definePlugin({ name: 'recograph-plugin-store-typeorm', apiVersion: 1, components: [typeorm] });
