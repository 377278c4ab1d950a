import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, listen } from '../support/api.ts';
import { filmsConfig, writeFilms } from '../support/films.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ticks = fileURLToPath(new URL('fixtures/ticks.ts', import.meta.url));

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  return port;
};

let folder: string;
let server: ChildProcess;
let output = '';
let log = '';
let base: string;
const statuses = new Set<number>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-process-'));
  await writeFilms(folder);
  const config = join(folder, 'recograph.config.json');
  await writeFile(config, JSON.stringify({ ...filmsConfig, plugins: [ticks] }));
  const port = await freePort();
  base = `http://127.0.0.1:${port}`;
  const node = ['--conditions=@recograph/source', '--import', 'tsx', 'cli/main.ts', 'serve', '--config', config];
  server = spawn(process.execPath, node, { cwd: root, env: { ...process.env, PORT: String(port) } });
  server.stdout!.on('data', (chunk) => {
    output += chunk;
  });
  server.stderr!.on('data', (chunk) => {
    log += chunk;
  });
  const gone = once(server, 'exit').then(() => Promise.reject(new Error(`the server ended: ${log}`)));
  gone.catch(() => {});
  while (!output.includes('ready ')) {
    const news = Promise.race([gone, once(server.stderr!, 'data'), once(server.stdout!, 'data')]);
    const status = await fetch(`${base}/ready`).then(
      ({ status }) => status,
      () => 0,
    );
    statuses.add(status);
    await news;
  }
}, 120_000);
afterAll(async () => {
  server.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

it('listens before it is ready, and says when it is', async () => {
  expect(output).toBe(`ready ${base}/graphql\n`);
  expect(statuses).toContain(503);
  expect((await fetch(`${base}/ready`)).status).toBe(200);
  expect(log).toContain('No keys are set: only this machine is served');
  const { data } = await ask(
    `${base}/graphql`,
    '{ recommend(input: { target: { user: "u1" } }, first: 3) { ... on RecommendationConnection { edges { node { title } } } } }',
  );
  expect(data.recommend.edges).toHaveLength(3);
});

it('ends with exit code 0 within 5 s of SIGTERM, 100 subscriptions open, another signal right behind', async () => {
  const streams = Array.from({ length: 100 }, () => listen(`${base}/graphql`, 'subscription { ticks }'));
  await Promise.all(streams.map((stream) => stream.next()));
  const exit = once(server, 'exit');
  const start = performance.now();
  server.kill('SIGTERM');
  server.kill('SIGINT');
  const [code] = await exit;
  const seconds = (performance.now() - start) / 1000;
  console.info(`exit ${code} after ${seconds.toFixed(2)} s with ${streams.length} open subscriptions`);
  expect(code).toBe(0);
  expect(seconds).toBeLessThan(5);
  await Promise.allSettled(streams.map((stream) => stream.return(undefined)));
});
