import { createRecommender, defineConfig, RecographError } from 'recograph';
import { createServer } from 'recograph/schema';
import fields from './extension.ts';
import plugin from './plugin.ts';

export const config = defineConfig({
  plugins: [plugin, fields],
  data: {
    interactions: { path: 'events.csv', columns: { user: 'user', item: 'item' } },
    feedback: { rating: { kind: 'explicit', min: 4 } },
  },
  models: { first: { use: 'alphabet', config: { step: 2 } }, taste: { use: 'als', config: { factors: 4 } } },
  features: { price: { use: 'price' } },
  rankers: { main: { use: 'first-column', config: { features: ['taste.score', 'price'] } } },
  pipelines: {
    home: {
      candidates: [{ model: 'first', n: 5 }],
      ranker: 'main',
      rerank: [{ use: 'reverse', config: { like: 'taste' } }],
    },
  },
});

export const misspelt = defineConfig({
  plugins: [plugin],
  models: { first: { use: 'alphabet' } },
  // @ts-expect-error The config declares no model "frist".
  pipelines: { home: { candidates: [{ model: 'frist', n: 5 }] } },
});

/** Recommends in one's own process, and serves. */
export const main = async (): Promise<readonly string[]> => {
  const recommender = await createRecommender(config);
  try {
    await recommender.train();
    const { items } = await recommender.recommend({ target: { user: 'nobody' }, n: 3 });
    const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const server = await createServer(recommender, { port: 0, host: '127.0.0.1', log });
    await server.close();
    return items.map(({ id }) => id);
  } catch (error) {
    if (error instanceof RecographError && error.code === 'DATA_EMPTY') return [];
    throw error;
  } finally {
    await recommender.close();
  }
};
