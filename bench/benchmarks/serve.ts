import type { Benchmark } from '../harness/benchmark.ts';
import { byTurns } from '../serve/by-turns.ts';
import { ALL_CORES, trainedProject } from '../serve/start.ts';

export default {
  name: 'serve',
  about:
    'recommend(first: 10) with titles over HTTP, warm: beside the same server answering one list from memory to all; and on both cores, load generator included.',
  asked: {
    'recommend, one core, 32 connections': { ratioAtLeast: 0.5 },
    'recommend, all cores, 32 connections': { atLeast: 1500 },
  },
  run: async (context) => {
    const { config } = await trainedProject(context.folder);
    const one = await byTurns(context, config, { constant: { mode: 'constant' }, real: {} }, { connections: 32 });
    const constant = { name: 'constant list', value: one('constant') };
    context.figure('recommend, one core, 32 connections', one('real'), 'req/s', constant);
    const all = await byTurns(context, config, { 'all cores': { cores: ALL_CORES } }, { connections: 32 });
    const gorse = { name: 'Gorse 0.5.6, one core', value: 227 };
    context.figure('recommend, all cores, 32 connections', all('all cores'), 'req/s', gorse);
  },
} satisfies Benchmark;
