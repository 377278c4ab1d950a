import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRecommender } from 'recograph';
import type { FromServer, ServerFigures, ToServer } from './messages.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const movies = join(root, 'examples/movies/data/ml-latest-small');
const source = { path: movies, format: 'movielens' };

export const build = (): void =>
  void execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'ignore' });

/** Builds, and trains ALS with 64 factors beside popularity on ml-latest-small: the config's path and the bundle. */
export const trainedProject = async (folder: string): Promise<{ config: string; bundle: string }> => {
  build();
  const config = join(folder, 'recograph.config.json');
  const candidates = [
    { model: 'taste', n: 200 },
    { model: 'trending', n: 50 },
  ];
  writeFileSync(
    config,
    JSON.stringify({
      data: { interactions: source, items: source, feedback: { rating: { kind: 'explicit', min: 4 } } },
      models: { taste: { use: 'als', config: { factors: 64 } }, trending: { use: 'popularity' } },
      pipelines: { home: { candidates, fallback: ['trending'] } },
    }),
  );
  const trainer = await createRecommender(config);
  const { bundle } = await trainer.train();
  await trainer.close();
  return { config, bundle };
};

export interface Server {
  readonly url: string;
  figures(): Promise<ServerFigures>;
  bundles(): Promise<readonly string[]>;
  /** Throws what the server could not do. */
  ask(message: ToServer): Promise<void>;
  stop(): Promise<void>;
}

export const ALL_CORES = `0-${availableParallelism() - 1}`;

/** The built package in a process of its own, on the first core alone unless `cores` says otherwise. */
export const startServer = async (
  config: string,
  { mode = 'real', workers = 1, maxBatch = 64, cached = 500_000, cores = '0' } = {},
): Promise<Server> => {
  const entry = fileURLToPath(new URL('./server.ts', import.meta.url));
  const child = fork(entry, [config, mode, String(workers), String(maxBatch), String(cached)], {
    execPath: 'taskset',
    execArgv: [
      '-c',
      cores,
      process.execPath,
      '--v8-pool-size=1',
      '--import',
      'tsx',
      ...(process.env.BENCH_NODE?.split(' ') ?? []),
    ],
    env: { ...process.env, NODE_ENV: 'production' },
    cwd: root,
  });
  /** The next message that holds this key, or says that something failed. */
  const heard = <K extends string>(key: K): Promise<Extract<FromServer, { [P in K]: unknown }>> =>
    new Promise((resolve, reject) => {
      const listen = (message: FromServer): void => {
        if (!(key in message || 'failed' in message)) return;
        child.off('message', listen);
        if ('failed' in message) reject(new Error(message.failed));
        else resolve(message as never);
      };
      child.on('message', listen);
    });
  const { url } = await heard('url');
  return {
    url,
    figures: async () => {
      const answer = heard('figures');
      child.send({ ask: 'figures' } satisfies ToServer);
      return (await answer).figures;
    },
    bundles: async () => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(url, { method: 'POST', headers, body: '{"query":"{ bundles { bundleId } }"}' });
      const { data } = (await response.json()) as { data: { bundles: { bundleId: string }[] } };
      return data.bundles.map(({ bundleId }) => bundleId);
    },
    ask: async (message) => {
      const answer = heard('done');
      child.send(message);
      await answer;
    },
    stop: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
};
