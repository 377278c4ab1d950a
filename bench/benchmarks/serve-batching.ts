import type { Benchmark } from '../harness/benchmark.ts';
import { byTurns } from '../serve/by-turns.ts';
import { trainedProject } from '../serve/start.ts';

export default {
  name: 'serve-batching',
  about:
    'recommend(first: 10) with titles over HTTP for users that are not in memory, with micro-batches and without; the server on one core.',
  asked: { 'micro-batches, 64 connections, uncached users': { ratioAtLeast: 2 } },
  run: async (context) => {
    const { config } = await trainedProject(context.folder);
    const of = { on: { cached: 0 }, off: { cached: 0, maxBatch: 1 } };
    const rate = await byTurns(context, config, of, { connections: 64 });
    const single = { name: 'without', value: rate('off') };
    context.figure('micro-batches, 64 connections, uncached users', rate('on'), 'req/s', single);
  },
} satisfies Benchmark;
