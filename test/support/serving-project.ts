import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecommender } from 'recograph';

/** A stage that does, in the middle of serving, what the request's context says. */
const TROUBLE = `
import { definePlugin, defineStage } from 'recograph';
const trouble = defineStage({
  type: 'trouble',
  create: () => ({
    run: async (lists, { queries }) => {
      const column = queries.context.columns.trouble;
      for (const what of column ? column.values : []) {
        if (what === 'throw') throw new Error('asked to throw');
        if (what === 'uncaught') setTimeout(() => { throw new Error('asked to throw later'); });
        if (what === 'loop') for (;;);
        if (what === 'never') await new Promise(() => {});
        if (what === 'memory') { globalThis.hoard = []; for (let i = 0; i < 64; i++) globalThis.hoard.push(new Uint8Array(32 * 1024 * 1024).fill(i)); }
        if (what === 'exit') process.exit(3);
      }
      return lists;
    },
  }),
});
export default definePlugin({ name: 'trouble', apiVersion: 1, components: [trouble] });
`;

const USERS = 60;
const ITEMS = 90;

/** Users like items of their own third; item i99 is not available. */
const interactions = (): string => {
  const rows = ['user,item,type,value,time'];
  for (let u = 0; u < USERS; u++) {
    for (let k = 0; k < 12; k++) {
      const item = (u % 3) * 30 + ((u * 7 + k * k) % 30);
      rows.push(`u${u},i${item},like,,${1_600_000_000 + u * 1000 + k}`);
    }
  }
  return rows.join('\n');
};
const items = (): string =>
  [
    'id,title,categories,available',
    ...Array.from({ length: ITEMS }, (_, i) => `i${i},Item ${i},group${Math.floor(i / 30)},${i % 10 !== 9}`),
  ].join('\n');

export interface ServingProject {
  readonly folder: string;
  /** Path of its config. */
  readonly config: string;
  remove(): Promise<void>;
}

/** A folder with data, a third-party plugin and a JSON config, trained once. */
export const servingProject = async (server: object = {}): Promise<ServingProject> => {
  const folder = await mkdtemp(join(tmpdir(), 'recograph-serving-'));
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'data/interactions.csv'), interactions());
  await writeFile(join(folder, 'data/items.csv'), items());
  await writeFile(join(folder, 'trouble.mjs'), TROUBLE);
  const config = join(folder, 'recograph.config.json');
  await writeFile(
    config,
    JSON.stringify({
      plugins: ['./trouble.mjs'],
      data: {
        interactions: { path: 'data/interactions.csv' },
        items: { path: 'data/items.csv' },
        features: { context: { trouble: { kind: 'text' } } },
      },
      models: {
        taste: { use: 'als', config: { factors: 8, epochs: 3 } },
        trending: { use: 'popularity' },
      },
      pipelines: {
        home: {
          candidates: [
            { model: 'taste', n: 40 },
            { model: 'trending', n: 20 },
          ],
          rerank: [{ use: 'trouble' }],
          fallback: ['trending'],
        },
      },
      server,
    }),
  );
  const recommender = await createRecommender(config);
  await recommender.train();
  await recommender.close();
  return { folder, config, remove: () => rm(folder, { recursive: true, force: true }) };
};
