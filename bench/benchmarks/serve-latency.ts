import type { Benchmark } from '../harness/benchmark.ts';
import { WARM_UP_SECONDS } from '../serve/by-turns.ts';
import { type Loaded, load, recommending } from '../serve/load.ts';
import type { ToServer } from '../serve/messages.ts';
import { ALL_CORES, startServer, trainedProject } from '../serve/start.ts';

/** A steady stream, a fraction of what the server can do: then a late answer is the server's doing, not a queue's. */
const RATE = 200;
const CONNECTIONS = 16;

export default {
  name: 'serve-latency',
  about: `The 99th percentile of ${RATE} recommend(first: 10) a second on both cores: idle, and while jobs run one after another and bundles are activated.`,
  asked: {
    'p99 during trainings': { ratioAtMost: 2 },
    'p99 during imports': { ratioAtMost: 2 },
    'p99 during activations': { ratioAtMost: 2 },
  },
  run: async (context) => {
    const { config, bundle: first } = await trainedProject(context.folder);
    const seconds = context.quick ? 4 : 12;
    const server = await startServer(config, { cores: ALL_CORES });
    const steady = (): Promise<Loaded> => load(server, recommending, { connections: CONNECTIONS, seconds, rate: RATE });
    const beside = async (work: () => ToServer): Promise<Loaded & { readonly times: number }> => {
      let over = false;
      const loaded = steady().finally(() => {
        over = true;
      });
      let times = 0;
      while (!over) {
        await server.ask(work());
        times++;
      }
      return { ...(await loaded), times };
    };
    const warmUp = { connections: CONNECTIONS, seconds: context.quick ? 2 : WARM_UP_SECONDS };
    await load(server, recommending, warmUp);
    await server.ask({ ask: 'train' });
    await load(server, recommending, warmUp);
    const idle = await steady();
    const bundles = await server.bundles();
    const second = bundles.find((id) => id !== first)!;
    let turn = 0;
    const works: Record<string, () => ToServer> = {
      trainings: () => ({ ask: 'train' }),
      imports: () => ({ ask: 'import' }),
      activations: () => ({ ask: 'activate', bundle: turn++ % 2 === 0 ? first : second }),
    };
    context.note({ name: 'idle', ...idle });
    for (const [name, work] of Object.entries(works)) {
      const busy = await beside(work);
      context.note({ name, ...busy });
      context.figure(`p99 during ${name}`, busy.p99, 'ms', { name: 'idle', value: idle.p99 });
    }
    await server.stop();
  },
} satisfies Benchmark;
