import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark } from '../harness/benchmark.ts';
import { median } from '../harness/measure.ts';
import { type Bodies, load, recommending, recording } from '../serve/load.ts';
import { ALL_CORES, startServer, trainedProject } from '../serve/start.ts';

const RETRAIN_EVERY_MS = 60_000;
const SAMPLE_EVERY_MS = 1000;
/** Of the whole: the first retrains, and slates up to the 64 MB that are kept. */
const WARM_UP = 0.3;
/** Of the whole: how long memory is looked at, after the warm-up and at the end. */
const WINDOW = 0.15;

const PAGED = `query($user: ID!) { recommend(input: { target: { user: $user } }, first: 10) {
  ... on RecommendationConnection { edges { cursor node { itemId title } } pageInfo { endCursor } } ... on Failure { message } } }`;
const SIMILAR =
  'query($item: ID!) { similarItems(item: $item) { ... on ItemList { edges { node { title } } } ... on Failure { message } } }';
const UPSERT =
  'mutation($items: [ItemInput!]!) { upsertItems(items: $items) { ... on UpsertPayload { upserted } ... on Failure { message } } }';

/** Some films of ml-latest-small. */
const KNOWN = ['1', '2', '3', '6', '10', '32', '34', '39', '47', '50', '110', '150', '165'];

/** Of 20 requests 14 recommend, 2 of them by pages, 4 record an event, 1 asks for similar items, 1 changes an item. */
const mixed = (): Bodies => {
  const event = recording(1);
  let k = 0;
  return () => {
    const kind = k++ % 20;
    if (kind < 12) return recommending();
    if (kind < 14) return JSON.stringify({ query: PAGED, variables: { user: String((k % 610) + 1) } });
    if (kind < 18) return event();
    if (kind === 18) return JSON.stringify({ query: SIMILAR, variables: { item: KNOWN[k % KNOWN.length] } });
    return JSON.stringify({
      query: UPSERT,
      variables: { items: [{ id: `new${k % 400}`, title: `New film ${k}` }] },
    });
  };
};

export default {
  name: 'serve-soak',
  about:
    'Mixed load (recommend, recordEvents, similarItems, upsertItems) on both cores with a retraining every minute: growth of memory after the first 30 %, and errors. Seconds as argument, default 600.',
  asked: { 'growth of memory': { atMost: 5 }, errors: { atMost: 0 } },
  run: async (context) => {
    const { config } = await trainedProject(context.folder);
    const seconds = Number(context.args[0] ?? (context.quick ? 30 : 600));
    const server = await startServer(config, { cores: ALL_CORES });
    const samples: number[] = [];
    let over = false;
    const sampling = (async () => {
      while (!over) {
        samples.push((await server.figures()).rss / 2 ** 20);
        await sleep(SAMPLE_EVERY_MS);
      }
    })();
    let retrains = 0;
    const retraining = (async () => {
      for (let next = Date.now() + RETRAIN_EVERY_MS / 2; !over; await sleep(100)) {
        if (Date.now() < next) continue;
        next += RETRAIN_EVERY_MS;
        await server.ask({ ask: 'train' });
        retrains++;
      }
    })();
    const loaded = await load(server, mixed(), { connections: 16, seconds, rate: 300 });
    over = true;
    await Promise.all([sampling, retraining]);
    const { fallbacks, restarts } = await server.figures();
    await server.stop();
    const size = Math.max(1, Math.floor(samples.length * WINDOW));
    const warm = Math.floor(samples.length * WARM_UP);
    const [before, after] = [median(samples.slice(warm, warm + size)), median(samples.slice(-size))];
    const everyTenth = samples.filter((_, k) => k % 10 === 0).map(Math.round);
    context.note({ ...loaded, retrains, fallbacks, restarts, rssMB: everyTenth });
    context.figure('growth of memory', 100 * (after / before - 1), '%');
    context.figure('memory at the end', after, 'MB');
    context.figure('errors', loaded.errors);
    context.figure('p99', loaded.p99, 'ms');
  },
} satisfies Benchmark;
