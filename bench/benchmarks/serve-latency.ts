import type { Benchmark } from '../harness/benchmark.ts';
import { inTurns, WARM_UP_SECONDS } from '../serve/by-turns.ts';
import { type Loaded, load, recommending } from '../serve/load.ts';
import type { ToServer } from '../serve/messages.ts';
import { ALL_CORES, startServer, trainedProject } from '../serve/start.ts';

/** A steady stream, a fraction of what the server can do: then a late answer is the server's doing, not a queue's. */
const RATE = 200;
const CONNECTIONS = 16;
const ROUNDS = 5;

export default {
  name: 'serve-latency',
  about: `The 99th percentile of ${RATE} recommend(first: 10) a second on both cores: idle, and while jobs run one after another and bundles are activated without a pause; by turns, medians of the rounds.`,
  asked: {
    'p99 during trainings': { ratioAtMost: 2 },
    'p99 during imports': { ratioAtMost: 2 },
    'p99 during activations': { ratioAtMost: 2 },
  },
  run: async (context) => {
    const { config, bundle: first } = await trainedProject(context.folder);
    const seconds = context.quick ? 4 : 8;
    const server = await startServer(config, { cores: ALL_CORES });
    const steady = (): Promise<Loaded> => load(server, recommending, { connections: CONNECTIONS, seconds, rate: RATE });
    /** Under that stream while `work` is done again and again. */
    const beside = async (work: (() => ToServer) | undefined): Promise<Loaded & { readonly times: number }> => {
      let over = false;
      const loaded = steady().finally(() => {
        over = true;
      });
      let times = 0;
      for (; work && !over; times++) await server.ask(work());
      return { ...(await loaded), times };
    };
    const warmUp = { connections: CONNECTIONS, seconds: context.quick ? 2 : WARM_UP_SECONDS };
    await load(server, recommending, warmUp);
    await server.ask({ ask: 'train' });
    await load(server, recommending, warmUp);
    const bundles = await server.bundles();
    const second = bundles.find((id) => id !== first)!;
    let turn = 0;
    const works: Record<string, () => ToServer> = {
      trainings: () => ({ ask: 'train' }),
      imports: () => ({ ask: 'import' }),
      activations: () => ({ ask: 'activate', bundle: turn++ % 2 === 0 ? first : second }),
    };
    const turns = Object.entries(works).map(([name, work]) => [name, () => beside(work)] as const);
    const medianOf = await inTurns(context, ROUNDS, { idle: () => beside(undefined), ...Object.fromEntries(turns) });
    const p99 = (name: string): number => medianOf(name, (loaded) => loaded.p99);
    for (const name of Object.keys(works)) {
      context.figure(`p99 during ${name}`, p99(name), 'ms', { name: 'idle', value: p99('idle') });
    }
    await server.stop();
  },
} satisfies Benchmark;
