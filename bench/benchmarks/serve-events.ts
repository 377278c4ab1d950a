import type { Benchmark } from '../harness/benchmark.ts';
import { load, recording } from '../serve/load.ts';
import { startServer, trainedProject } from '../serve/start.ts';

export default {
  name: 'serve-events',
  about:
    'recordEvents over HTTP, durable when it answers: single events, and batches of 1,000; the server on one core.',
  asked: {
    'single events, 64 connections': { atLeast: 2000 },
    'events in batches of 1,000, 8 connections': { atLeast: 20_000 },
  },
  run: async (context) => {
    const { config } = await trainedProject(context.folder);
    const seconds = context.quick ? 1 : 6;
    const server = await startServer(config);
    await load(server, recording(1), { connections: 64, seconds });
    const single = await load(server, recording(1), { connections: 64, seconds });
    const many = await load(server, recording(1000), { connections: 8, seconds });
    context.note({ single, many });
    if (single.errors + many.errors > 0) throw new Error(`${single.errors + many.errors} answers were errors.`);
    context.figure('single events, 64 connections', single.perSecond, '/s', { name: 'Gorse 0.5.6', value: 344 });
    context.figure('events in batches of 1,000, 8 connections', 1000 * many.perSecond, '/s');
    await server.stop();
  },
} satisfies Benchmark;
