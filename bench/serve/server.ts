/** The server process of bench/serve.ts: `CONFIG MODE WORKERS MAX_BATCH CACHED_EVENTS`; MODE constant answers one list to all. */
import { createRecommender, type Recommender } from 'recograph';
import { createServer } from 'recograph/schema';

const [config, mode, workers, maxBatch, cached] = process.argv.slice(2);
const quiet = { debug: () => {}, info: () => {}, warn: console.error, error: console.error };
const recommender = await createRecommender(config!, {
  workers: Number(workers),
  maxBatch: Number(maxBatch),
  cachedEvents: Number(cached),
  log: quiet,
});

/** The same server over one slate and its records, kept in memory. */
const constant = async (): Promise<Recommender> => {
  const slate = await recommender.service.recommend({ target: { user: '1' }, n: 10 });
  const records = await recommender.store.items(slate.items.map(({ id }) => id));
  const byId = new Map(records.map((record) => [record?.id, record]));
  return {
    ...recommender,
    service: { ...recommender.service, recommend: async () => slate, shown: async () => {} },
    items: async (ids) => ids.map((id) => byId.get(id)),
  };
};

const served = mode === 'constant' ? await constant() : recommender;
const server = await createServer(served, { port: 0, host: '127.0.0.1', log: quiet });
process.send?.({ url: server.url });
process.on('message', (message) => {
  if (message === 'train') {
    recommender.jobs.start({ kind: 'train' }).then(
      async ({ id }) => {
        await recommender.jobs.finished(id);
        process.send?.({ trained: (await recommender.store.job(id))?.status });
      },
      (error) => process.send?.({ trained: String(error) }),
    );
    return;
  }
  process.send?.({ stats: recommender.service.stats(), cpu: process.cpuUsage() });
});
process.on('disconnect', async () => {
  await server.close(100);
  await recommender.close();
  process.exit(0);
});
