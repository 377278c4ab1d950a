import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** When a test counts as hanging. Not a measure of anything: a busy machine takes ten times as long as an idle one. */
export const PATIENCE_MS = 900_000;

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A small project on disk: 40 users, 30 items, one popularity pipeline. */
export const smallProject = async (extra: object = {}): Promise<{ folder: string; config: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'recograph-survival-'));
  const rows = Array.from({ length: 400 }, (_, k) => `u${k % 40},i${(k * 7) % 30},${1_600_000_000 + k * 60}`);
  await writeFile(join(folder, 'events.csv'), ['user,item,time', ...rows].join('\n'));
  const config = join(folder, 'recograph.config.json');
  await writeFile(
    config,
    JSON.stringify({
      data: { interactions: { path: 'events.csv', columns: { user: 'user', item: 'item', time: 'time' } } },
      models: { taste: { use: 'als', config: { factors: 8, epochs: 3 } }, trending: { use: 'popularity' } },
      pipelines: { home: { candidates: [{ model: 'taste', n: 20 }], fallback: ['trending'] } },
      server: { port: 0 },
      ...extra,
    }),
  );
  return { folder, config };
};

const live = new Set<ChildProcess>();

/** Runs the built command line. */
export const cli = (...args: string[]): ChildProcess => cliWith({}, ...args);

export const cliWith = (environment: NodeJS.ProcessEnv, ...args: string[]): ChildProcess => {
  const child = spawn(process.execPath, [join(root, 'dist/cli/main.js'), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LOG_LEVEL: 'fatal', ...environment },
  });
  live.add(child);
  child.on('exit', () => live.delete(child));
  return child;
};

/** Ends what a failed test has left running. */
export const killAll = async (): Promise<void> => {
  await Promise.all(
    [...live].map((child) => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      return ended;
    }),
  );
};

export interface Serving {
  readonly url: string;
  readonly process: ChildProcess;
  /** From the start of the process to its `ready` line. */
  readonly seconds: number;
}

/** Starts a server and waits for its `ready` line. */
export const serve = async (config: string, environment: NodeJS.ProcessEnv = {}): Promise<Serving> => {
  const started = performance.now();
  const child = cliWith(environment, 'serve', '--config', config);
  let said = '';
  child.stderr!.on('data', (chunk) => {
    said += chunk;
  });
  for await (const line of createInterface({ input: child.stdout! })) {
    const url = /^ready (\S+)$/.exec(line)?.[1];
    if (url) return { url, process: child, seconds: (performance.now() - started) / 1000 };
  }
  throw new Error(`the server ended before it was ready: ${said}`);
};

export const kill = async ({ process: child }: Serving, signal: NodeJS.Signals): Promise<number | null> => {
  const ended = once(child, 'exit');
  child.kill(signal);
  return (await ended)[0];
};

export const ask = async <T = Record<string, never>>(
  url: string,
  query: string,
  variables: object = {},
): Promise<T> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: T; errors?: { message: string }[] };
  if (errors) throw new Error(errors.map(({ message }) => message).join('; '));
  return data;
};

export const RECORD = `mutation ($events: [EventInput!]!) { recordEvents(input: { events: $events }) {
  ... on RecordEventsPayload { accepted duplicates rejected { index code message } } ... on Failure { message } } }`;
export interface Recorded {
  recordEvents: { accepted: number; duplicates: number; rejected: { index: number; code: string; message: string }[] };
}

/** Looks until it is so; the test's own time limit ends the waiting. */
export const until = async (reached: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await reached())) await new Promise((resolve) => setTimeout(resolve, 20));
};
