import { definePlugin, defineStore, tokens } from 'recograph';
import { z } from 'zod';
import { openStore } from './store.ts';

export { openStore, type StoreOptions } from './store.ts';

/** Events, catalogue, bundles, jobs and slates in one SQLite file. */
export const typeorm = defineStore({
  type: 'typeorm',
  config: z.strictObject({
    path: z.string().default('.recograph/recograph.sqlite').describe('The SQLite file.'),
    patienceMs: z
      .int()
      .positive()
      .default(60_000)
      .describe('How long a write waits for another process that holds the database.'),
  }),
  inject: { clock: tokens.clock },
  create: (config, { clock }) => openStore(config, clock),
});

export default definePlugin({ name: 'recograph-plugin-store-typeorm', apiVersion: 1, components: [typeorm] });
