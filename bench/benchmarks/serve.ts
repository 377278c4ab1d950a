import type { Benchmark, Context } from '../harness/benchmark.ts';
import { type Load, type Loaded, load, recommending } from '../serve/load.ts';
import { ALL_CORES, type Server, startServer, trainedProject } from '../serve/start.ts';

type Options = Parameters<typeof startServer>[1];

/** Rounds by turns, so that what else the machine does meets both sides; the median round of each side. */
const compare = async (context: Context, config: string, of: Record<string, Options>, asked: Load) => {
  const servers: [string, Server][] = [];
  for (const [name, options] of Object.entries(of)) servers.push([name, await startServer(config, options)]);
  const rounds: Record<string, Loaded[]> = {};
  for (const [, server] of servers) await load(server, recommending, { ...asked, seconds: 2 * asked.seconds });
  for (let round = 0; round < (context.quick ? 1 : 3); round++) {
    for (const [name, server] of servers) {
      const figures = await load(server, recommending, asked);
      context.note({ name, ...figures });
      rounds[name] = [...(rounds[name] ?? []), figures];
    }
  }
  for (const [, server] of servers) await server.stop();
  return (name: string): number =>
    rounds[name]!.map(({ perSecond }) => perSecond).toSorted((a, b) => a - b)[rounds[name]!.length >> 1]!;
};

export default {
  name: 'serve',
  about:
    'recommend(first: 10) with titles over HTTP, warm: beside the same server answering one list from memory to all; on both cores, load generator included; with and without micro-batches.',
  asked: {
    'recommend, one core, 32 connections': { ratioAtLeast: 0.5 },
    'recommend, all cores, 32 connections': { atLeast: 1500 },
    'micro-batches, one core, 64 connections, uncached users': { ratioAtLeast: 2 },
  },
  run: async (context) => {
    const { config } = await trainedProject(context.folder);
    const seconds = context.quick ? 1 : 3;
    const rate = await compare(
      context,
      config,
      { constant: { mode: 'constant' }, real: {} },
      { connections: 32, seconds },
    );
    const constant = { name: 'constant list', value: rate('constant') };
    context.figure('recommend, one core, 32 connections', rate('real'), 'req/s', constant);
    const all = await compare(context, config, { 'all cores': { cores: ALL_CORES } }, { connections: 32, seconds });
    const gorse = { name: 'Gorse 0.5.6, one core', value: 227 };
    context.figure('recommend, all cores, 32 connections', all('all cores'), 'req/s', gorse);
    const batching = await compare(
      context,
      config,
      { on: { cached: 0 }, off: { cached: 0, maxBatch: 1 } },
      { connections: 64, seconds },
    );
    const single = { name: 'without', value: batching('off') };
    context.figure('micro-batches, one core, 64 connections, uncached users', batching('on'), 'req/s', single);
  },
} satisfies Benchmark;
