import { rm } from 'node:fs/promises';
import { createRng } from 'recograph/math';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ask, kill, RECORD, type Recorded, type Serving, serve, smallProject } from './support.ts';

let folder: string;
let config: string;
beforeEach(async () => {
  ({ folder, config } = await smallProject());
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const WRITERS = 8;
const event = (key: string) => ({ user: `w${key}`, item: 'i1', type: 'click', key });

/** Writes single events until the server is gone, which `enough` acknowledgements bring about; gives the acknowledged keys. */
const writeUntilKilled = async (server: Serving, prefix: string, enough: number): Promise<string[]> => {
  const { url } = server;
  const acknowledged: string[] = [];
  let gone = false;
  await Promise.all(
    Array.from({ length: WRITERS }, async (_, writer) => {
      for (let k = 0; !gone; k++) {
        const key = `${prefix}-${writer}-${k}`;
        try {
          const { recordEvents } = await ask<Recorded>(url, RECORD, { events: [event(key)] });
          if (recordEvents.accepted === 1) acknowledged.push(key);
          if (acknowledged.length === enough) await kill(server, 'SIGKILL');
        } catch {
          gone = true;
        }
      }
    }),
  );
  return acknowledged;
};

it('20 x SIGKILL under writes: no acknowledged event is lost, and it serves again within 5 s', async () => {
  const rng = createRng(7);
  const acknowledged: string[] = [];
  const starts: number[] = [];
  let server = await serve(config);
  for (let round = 0; round < 20; round++) {
    acknowledged.push(...(await writeUntilKilled(server, `r${round}`, 1 + rng.int(60))));
    server = await serve(config);
    starts.push(server.seconds);
  }
  let found = 0;
  for (let k = 0; k < acknowledged.length; k += 1000) {
    const events = acknowledged.slice(k, k + 1000).map(event);
    found += (await ask<Recorded>(server.url, RECORD, { events })).recordEvents.duplicates;
  }
  await kill(server, 'SIGTERM');
  const slowest = Math.max(...starts);
  // The median: another process on the machine may hold up one start, not half of them.
  const median = starts.toSorted((a, b) => a - b)[10]!;
  console.log(
    `20 kills: ${acknowledged.length} acknowledged, ${found} found again, restarts ${median.toFixed(1)} s, the slowest ${slowest.toFixed(1)} s`,
  );
  expect(acknowledged.length).toBeGreaterThan(100);
  expect(found).toBe(acknowledged.length);
  expect(median).toBeLessThan(5);
}, 240_000);

it('5 x SIGKILL during training and activation: a whole bundle serves afterwards, and the job is marked failed', async () => {
  const rng = createRng(11);
  let server: Serving = await serve(config);
  const seen: string[] = [];
  for (let round = 0; round < 5; round++) {
    await ask(server.url, 'mutation { train { __typename } }');
    await new Promise((resolve) => setTimeout(resolve, 300 + rng.int(2500)));
    await kill(server, 'SIGKILL');
    server = await serve(config);
    const { recommend } = await ask<{
      recommend: { edges: unknown[]; degraded: unknown[]; bundle: { bundleId: string } };
    }>(
      server.url,
      `{ recommend(input: { target: { user: "u1" } }, first: 5) { ... on RecommendationConnection {
         edges { node { itemId } } degraded { code } bundle { bundleId } } } }`,
    );
    expect(recommend.edges).toHaveLength(5);
    expect(recommend.degraded).toEqual([]);
    seen.push(recommend.bundle.bundleId);
  }
  const { jobs } = await ask<{ jobs: { status: string }[] }>(server.url, '{ jobs(first: 20) { status } }');
  await kill(server, 'SIGTERM');
  const failed = jobs.filter(({ status }) => status === 'FAILED').length;
  console.log(`5 kills in training: ${jobs.length} jobs, ${failed} failed, ${new Set(seen).size} bundles served`);
  expect(jobs.filter(({ status }) => status === 'RUNNING')).toEqual([]);
}, 120_000);
