import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { createRecommender, type Recommender } from 'recograph';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { BundleMemory, ToWorker } from '../../../core/serving/workers/messages.ts';
import { decodeSafetensors } from '../../../core/training/safetensors.ts';
import { type ServingProject, servingProject } from '../../support/serving-project.ts';

const USERS = Array.from({ length: 12 }, (_, u) => `u${u}`);
let project: ServingProject;
let server: Recommender;
const loads: { readonly bundle: string; readonly folder: string; readonly memory: BundleMemory }[] = [];

beforeAll(async () => {
  project = await servingProject({ deadlineMs: 2000 });
  const post = Worker.prototype.postMessage;
  vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, message: ToWorker, transfer) {
    if (message.type === 'load') loads.push(message);
    return post.call(this, message, transfer);
  });
  server = await createRecommender(project.config, { workers: 2, log: silent });
}, 60_000);
afterAll(async () => {
  await server?.close();
  await project?.remove();
  vi.restoreAllMocks();
});
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const answers = () =>
  Promise.all(
    USERS.flatMap((user) => [user, user]).map(async (user) => {
      const { items, servedBy } = await server.service.recommend({ target: { user }, n: 10 });
      return { user, items, servedBy };
    }),
  );
/** How often the trained item factors lie in a memory. */
const copies = async ({ folder, memory }: (typeof loads)[number]): Promise<number> => {
  const name = 'component-model.taste.safetensors';
  const file = await readFile(join(project.folder, '.recograph/bundles', folder, name));
  const { data } = decodeSafetensors(file, name).items!;
  const wanted = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  memory.shared.grow(0);
  const all = Buffer.from(memory.shared.buffer);
  let count = 0;
  for (let at = all.indexOf(wanted); at >= 0; at = all.indexOf(wanted, at + 1)) count++;
  return count;
};

it('two threads and one that replaces a killed one serve from one copy of the factors', {
  timeout: 60_000,
}, async () => {
  expect(loads).toHaveLength(2);
  const [first, second] = loads as [(typeof loads)[number], (typeof loads)[number]];
  expect(first.memory.files).toBeUndefined();
  expect(Object.keys(second.memory.files!)).toContain('component-model.taste.safetensors');
  expect(second.memory.shared).toBe(first.memory.shared);
  expect(await copies(first)).toBe(1);
  const before = await answers();
  expect(before.every(({ servedBy }) => servedBy === 'PIPELINE')).toBe(true);
  for (let k = 0; k < before.length; k += 2) expect(before[k + 1]).toEqual(before[k]);

  await server.service.recommend({ target: { user: 'u1' }, n: 10, context: { trouble: 'exit' } });
  await vi.waitUntil(() => server.service.stats().restarts === 1 && server.service.stats().ready === 2, 30_000);
  const third = loads[2]!;
  expect(third.memory.shared).toBe(first.memory.shared);
  expect(third.memory.files).toBe(second.memory.files);
  expect(await copies(third)).toBe(1);
  expect(await answers()).toEqual(before);
});

it('bundles that are gone leave their memory to later ones', { timeout: 90_000 }, async () => {
  for (let trained = 0; trained < 5; trained++) {
    const { bundle } = await server.train();
    await vi.waitUntil(() => loads.filter((load) => load.bundle === bundle).length === 2, 30_000);
    const { items } = await server.service.recommend({ target: { user: 'u1' }, n: 10 });
    expect(items).toHaveLength(10);
  }
  expect(new Set(loads.map(({ bundle }) => bundle)).size).toBe(6);
  // At most one that serves, one that is let go of and one that is loaded.
  expect(new Set(loads.map(({ memory }) => memory.shared)).size).toBeLessThanOrEqual(3);
});
