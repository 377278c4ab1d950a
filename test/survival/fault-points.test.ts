import { once } from 'node:events';
import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRecommender } from 'recograph';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { ask, cliWith, kill, killAll, PATIENCE_MS, serve, smallProject } from './support.ts';

/** A project with two bundles, `older` and `newer`, of which the newer is active. */
let whole: string;
let older: string;
let newer: string;
const copies: string[] = [];

beforeAll(async () => {
  const project = await smallProject();
  whole = project.folder;
  const recommender = await createRecommender(project.config);
  older = (await recommender.train()).bundle;
  newer = (await recommender.train()).bundle;
  await recommender.close();
}, PATIENCE_MS);
afterEach(killAll);
afterAll(async () => {
  for (const folder of [whole, ...copies]) await rm(folder, { recursive: true, force: true });
});

const copy = async (): Promise<string> => {
  const folder = `${whole}-${copies.length}`;
  copies.push(folder);
  await cp(whole, folder, { recursive: true });
  return folder;
};
const at = (point: string): NodeJS.ProcessEnv => ({
  FAULT_POINT: point,
  NODE_OPTIONS: `--import ${new URL('fault-points.mjs', import.meta.url).href}`,
});

const ACTIVATION = 'INSERT INTO activations';
const TRAIN = 'mutation { train { __typename } }';
const ROLLBACK = 'mutation { rollbackBundle { __typename } }';
const activation = () => `mutation { activateBundle(id: "${older}") { __typename } }`;

it.each<[point: string, mutation: () => string, active: () => string | undefined]>([
  ['before rename', () => TRAIN, () => newer],
  ['committed rename', () => TRAIN, () => newer],
  ['uncommitted INSERT INTO bundles', () => TRAIN, () => newer],
  ['committed INSERT INTO bundles', () => TRAIN, () => newer],
  [`before ${ACTIVATION}`, () => TRAIN, () => newer],
  [`uncommitted ${ACTIVATION}`, () => TRAIN, () => newer],
  [`committed ${ACTIVATION}`, () => TRAIN, () => undefined],
  [`before ${ACTIVATION}`, activation, () => newer],
  [`uncommitted ${ACTIVATION}`, activation, () => newer],
  [`committed ${ACTIVATION}`, activation, () => older],
  ['before UPDATE activations', () => ROLLBACK, () => newer],
  ['uncommitted UPDATE activations', () => ROLLBACK, () => newer],
  ['committed UPDATE activations', () => ROLLBACK, () => older],
])(
  'killed %s: a whole bundle serves, the one that was active before or after, and a training has failed',
  async (point, mutation, active) => {
    const config = join(await copy(), 'recograph.config.json');
    const dying = await serve(config, at(point));
    const ended = once(dying.process, 'exit');
    ask(dying.url, mutation()).catch(() => undefined);
    expect(await ended).toEqual([null, 'SIGKILL']);

    const server = await serve(config);
    const { recommend, jobs } = await ask<{
      recommend: { edges: unknown[]; degraded: unknown[]; bundle: { bundleId: string } };
      jobs: unknown[];
    }>(
      server.url,
      `{ recommend(input: { target: { user: "u1" } }, first: 5) { ... on RecommendationConnection {
           edges { node { itemId } } degraded { code } bundle { bundleId } } }
         jobs { status error { code } } }`,
    );
    expect(recommend).toMatchObject({ degraded: [], edges: { length: 5 } });
    const { bundleId } = recommend.bundle;
    if (active() === undefined) expect([older, newer]).not.toContain(bundleId);
    else expect(bundleId).toBe(active());
    expect(jobs).toEqual(mutation() === TRAIN ? [{ status: 'FAILED', error: { code: 'WORKER_FAILED' } }] : []);
    await kill(server, 'SIGTERM');
  },
  PATIENCE_MS,
);

it.each([
  ['before INSERT OR IGNORE INTO events', 0],
  ['uncommitted INSERT OR IGNORE INTO events', 0],
  ['committed INSERT OR IGNORE INTO events', 3000],
])(
  'an import killed %s has written %i of 3,000 events, and the next one the rest',
  async (point, written) => {
    const folder = await copy();
    const rows = Array.from({ length: 3000 }, (_, k) => `c${k % 300},i${k % 90},${1_600_000_000 + k}`);
    await writeFile(join(folder, 'more.csv'), ['user,item,time', ...rows].join('\n'));
    const args = ['import', '--config', join(folder, 'recograph.config.json'), '--json'];
    args.push('--interactions', join(folder, 'more.csv'));
    const dying = cliWith(at(point), ...args);
    expect(await once(dying, 'exit')).toEqual([null, 'SIGKILL']);

    const next = cliWith({}, ...args);
    let said = '';
    next.stdout!.on('data', (chunk) => {
      said += chunk;
    });
    expect(await once(next, 'close')).toEqual([0, null]);
    expect(JSON.parse(said)).toMatchObject({ imported: { events: 3000 - written } });
  },
  PATIENCE_MS,
);
