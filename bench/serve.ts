/**
 * Requests a second of `recommend(first: 10)` with titles through the real HTTP server, beside the same server with a
 * constant list; micro-batching on and off; the 99th percentile while a training runs.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
// @ts-expect-error: it comes without types
import autocannon from 'autocannon';
import { createRecommender } from 'recograph';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 8);
const movies = fileURLToPath(new URL('../examples/movies/data/ml-latest-small', import.meta.url));
const config = {
  data: {
    interactions: { path: movies, format: 'movielens' },
    items: { path: movies, format: 'movielens' },
    feedback: { rating: { kind: 'explicit', min: 4 } },
  },
  models: { taste: { use: 'als', config: { factors: 64 } }, trending: { use: 'popularity' } },
  pipelines: {
    home: {
      candidates: [
        { model: 'taste', n: 200 },
        { model: 'trending', n: 50 },
      ],
      fallback: ['trending'],
    },
  },
};
const query = `query($user: ID!) { recommend(input: { target: { user: $user } }, first: 10) {
  ... on RecommendationConnection { recommendationId servedBy edges { rank score node { itemId title } } } } }`;

interface Server {
  readonly child: ChildProcess;
  readonly url: string;
}

const answer = async (child: ChildProcess, message?: string) => {
  if (message) child.send(message);
  const [reply] = await once(child, 'message');
  return reply as { url: string; trained: string; stats: { batches: number; batched: number }; cpu: NodeJS.CpuUsage };
};
/** On the first core alone, unless `cores` says otherwise. */
const start = async (
  path: string,
  { mode = 'real', workers = 1, maxBatch = 64, cached = 500_000, cores = '0' } = {},
): Promise<Server> => {
  const node = ['--conditions=@recograph/source', '--import', 'tsx', ...(process.env.BENCH_NODE ?? '').split(' ')];
  const entry = fileURLToPath(new URL('./serve/server.ts', import.meta.url));
  const child = fork(entry, [path, mode, String(workers), String(maxBatch), String(cached)], {
    execPath: 'taskset',
    execArgv: ['-c', cores, process.execPath, ...node.filter(Boolean)],
  });
  return { child, url: (await answer(child)).url };
};
const stop = async ({ child }: Server): Promise<void> => {
  child.disconnect();
  await once(child, 'exit');
};

const load = async (server: Server, connections: number, duration = SECONDS) => {
  const before = await answer(server.child, 'stats');
  let user = 0;
  const result = await autocannon({
    url: server.url,
    connections,
    duration,
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        setupRequest: (request: object) => ({
          ...request,
          body: JSON.stringify({ query, variables: { user: String((user++ % 610) + 1) } }),
        }),
      },
    ],
  });
  const after = await answer(server.child, 'stats');
  const cpu = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system;
  return {
    perSecond: Math.round(result.requests.average),
    p50: result.latency.p50,
    p99: result.latency.p99,
    errors: result.errors + result.non2xx,
    cpuMs: +(cpu / 1000 / result.requests.total).toFixed(3),
    batch: +((after.stats.batched - before.stats.batched) / (after.stats.batches - before.stats.batches)).toFixed(1),
  };
};
const figure = async (name: string, path: string, options: Parameters<typeof start>[1], connections: number) => {
  const server = await start(path, options);
  await load(server, connections, Math.min(4, SECONDS));
  const figures = await load(server, connections);
  console.log(name.padEnd(44), JSON.stringify(figures));
  await stop(server);
  return figures;
};

const folder = await mkdtemp(join(tmpdir(), 'recograph-bench-serve-'));
const path = join(folder, 'recograph.config.json');
await writeFile(path, JSON.stringify(config));
const trainer = await createRecommender(path);
await trainer.train();
await trainer.close();

const only = process.argv[2] ?? process.env.BENCH_ONLY;
const all = `0-${availableParallelism() - 1}`;
try {
  if (!only || only === 'rate') {
    const constant = await figure('constant list, one core, 32 connections', path, { mode: 'constant' }, 32);
    const real = await figure('recommend, one core, 32 connections', path, {}, 32);
    console.log(`ratio ${(real.perSecond / constant.perSecond).toFixed(2)} (asked: >= 0.5)`);
    await figure('recommend, all cores, 32 connections', path, { cores: all }, 32);
  }
  if (!only || only === 'batching') {
    const on = await figure('micro-batching on, 64 connections', path, { cached: 0 }, 64);
    const off = await figure('micro-batching off, 64 connections', path, { maxBatch: 1, cached: 0 }, 64);
    console.log(`ratio ${(on.perSecond / off.perSecond).toFixed(2)} (asked: >= 2)`);
  }
  if (!only || only === 'training') {
    const server = await start(path, { cores: all });
    await load(server, 8, 4);
    const idle = await load(server, 8);
    const trained = answer(server.child, 'train');
    const busy = await load(server, 8, 4).catch(String);
    console.log('p99 idle and while a training runs', JSON.stringify(idle), JSON.stringify(busy), await trained);
    await stop(server);
  }
} finally {
  await rm(folder, { recursive: true });
}
