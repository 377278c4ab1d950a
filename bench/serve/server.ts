/**
 * A server as `recograph serve` starts it, for the benchmarks to steer: `CONFIG MODE WORKERS MAX_BATCH CACHED_EVENTS`;
 * MODE constant answers one list to all.
 */
import { createRecommender, type Recommender } from 'recograph';
import { createServer } from 'recograph/schema';
import type { FromServer, ToServer } from './messages.ts';

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

const say = (message: FromServer): void => void process.send?.(message);
const served = mode === 'constant' ? await constant() : recommender;
const server = await createServer(served, { port: 0, host: '127.0.0.1', log: quiet });
say({ url: server.url });
process.on('message', async (message: ToServer) => {
  if (message.ask === 'figures') {
    const { batches, batched, fallbacks, seconds, restarts } = recommender.service.stats();
    const { rss } = process.memoryUsage();
    return say({ figures: { batches, batched, fallbacks, seconds, restarts, rss, cpu: process.cpuUsage() } });
  }
  try {
    if (message.ask === 'activate') await recommender.activate(message.bundle);
    else {
      const { id } = await recommender.jobs.start({ kind: message.ask });
      await recommender.jobs.finished(id);
      const job = await recommender.store.job(id);
      if (job?.error) throw new Error(job.error.message);
    }
    say({ done: message.ask });
  } catch (error) {
    say({ failed: String(error) });
  }
});
process.on('disconnect', async () => {
  await server.close(100);
  await recommender.close();
  process.exit(0);
});
