import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import example from '../../examples/movies/recograph.config.ts';
import type { Benchmark, Context } from '../harness/benchmark.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Every process of the command adds its peak memory (kB) and CPU time (us) when it exits. */
const MEMORY_HOOK = `data:text/javascript,${encodeURIComponent(
  "import{appendFileSync as a}from'node:fs';import{isMainThread as m}from'node:worker_threads';" +
    "m&&process.on('exit',()=>{const u=process.resourceUsage();" +
    "a(process.env.BENCH_USAGE_FILE,u.maxRSS+' '+(u.userCPUTime+u.systemCPUTime)+'\\n')})",
)}`;

interface Usage {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMB: number;
}

const command = async (context: Context, args: readonly string[]): Promise<Usage> => {
  const usage = join(context.folder, `usage-${args[0]}`);
  writeFileSync(usage, '');
  const env = { ...process.env, NODE_OPTIONS: `--import "${MEMORY_HOOK}"`, BENCH_USAGE_FILE: usage };
  const started = performance.now();
  const child = spawn(process.execPath, ['dist/cli/main.js', ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk).slice(-2000);
  });
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`recograph ${args.join(' ')} ended with status ${code}: ${errors}`);
  const seconds = (performance.now() - started) / 1000;
  const processes = readFileSync(usage, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));
  const sum = (column: 0 | 1) => processes.reduce((total, numbers) => total + numbers[column]!, 0);
  return { seconds, cpuSeconds: sum(1) / 1e6, peakMB: sum(0) / 1024 };
};

export default {
  name: 'example-pipeline',
  about:
    'ml-latest-small from files to recommendations for all 610 users: import, train, recommend by the command line.',
  asked: { 'all three': { atMost: 10 }, 'peak memory': { atMost: 400 } },
  run: async (context) => {
    execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'ignore' });
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
        import: await command(context, ['import', '--config', file, '--json']),
        train: await command(context, ['train', '--config', file, '--json']),
        recommend: await command(context, ['recommend', '--users', 'all', '--out', lists, '--config', file, '--json']),
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
