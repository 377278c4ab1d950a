import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import example from '../../examples/movies/recograph.config.ts';
import type { Benchmark } from '../harness/benchmark.ts';
import { buildCommandLine, commandLine, root, type Usage } from '../harness/command-line.ts';

export default {
  name: 'example-pipeline',
  about:
    'ml-latest-small from files to recommendations for all 610 users: import, train, recommend by the command line.',
  asked: { 'all three': { atMost: 10 }, 'peak memory': { atMost: 400 } },
  run: async (context) => {
    buildCommandLine();
    const at = (source: object | undefined) =>
      source && { ...source, path: join(root, 'examples/movies', (source as { path: string }).path) };
    const { data, evaluation, ...rest } = example;
    const config = {
      ...rest,
      data: { ...data, interactions: at(data?.interactions), items: at(data?.items) },
      store: { path: join(context.folder, 'store.sqlite') },
    };
    const run = async (name: string, settings: object): Promise<Usage> => {
      const file = join(context.folder, `${name}.json`);
      writeFileSync(file, JSON.stringify({ ...config, ...settings, store: { path: `${name}/store.sqlite` } }));
      const lists = join(context.folder, `${name}.jsonl`);
      const steps = {
        import: await commandLine(context, ['import', '--config', file, '--json']),
        train: await commandLine(context, ['train', '--config', file, '--json']),
        recommend: await commandLine(context, [
          'recommend',
          '--users',
          'all',
          '--out',
          lists,
          '--config',
          file,
          '--json',
        ]),
      };
      const users = readFileSync(lists, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { items: unknown[] });
      const full = users.filter(({ items }) => items.length === 10).length;
      context.note({ name, ...steps, users: users.length, withTenItems: full });
      if (name === 'example')
        for (const [step, usage] of Object.entries(steps)) context.figure(step, usage.seconds, 's');
      const all = Object.values(steps);
      return {
        seconds: all.reduce((sum, { seconds }) => sum + seconds, 0),
        cpuSeconds: all.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
        peakMB: Math.max(...all.map(({ peakMB }) => peakMB)),
      };
    };
    const whole = await run('example', { evaluation });
    context.figure('all three', whole.seconds, 's', { name: 'Gorse 0.5.6', value: 236 });
    context.figure('all three, CPU time', whole.cpuSeconds, 's', { name: 'Gorse 0.5.6', value: 364 });
    context.figure('peak memory', whole.peakMB, 'MB', { name: 'Gorse 0.5.6', value: 267 });
    const bare = await run('without-evaluation', {});
    context.figure('all three, training without evaluation', bare.seconds, 's');
    context.figure('all three, training without evaluation, CPU time', bare.cpuSeconds, 's');
  },
} satisfies Benchmark;
