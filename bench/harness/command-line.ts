import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Context } from './benchmark.ts';

export const root = fileURLToPath(new URL('../../', import.meta.url));
/** Every process of the command adds its peak memory (kB) and CPU time (us) when it exits. */
const MEMORY_HOOK = `data:text/javascript,${encodeURIComponent(
  "import{appendFileSync as a}from'node:fs';import{isMainThread as m}from'node:worker_threads';" +
    "m&&process.on('exit',()=>{const u=process.resourceUsage();" +
    "a(process.env.BENCH_USAGE_FILE,u.maxRSS+' '+(u.userCPUTime+u.systemCPUTime)+'\\n')})",
)}`;

export interface Usage {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMB: number;
}

/** `recograph` with `args`, as it was built. */
export const commandLine = async (context: Context, args: readonly string[]): Promise<Usage> => {
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

/** What `commandLine` runs. */
export const buildCommandLine = (): void => {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'ignore' });
};
