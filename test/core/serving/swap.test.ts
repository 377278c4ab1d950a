import { createRecommender, type Recommender, type Slate } from 'recograph';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ServingProject, servingProject } from '../../support/serving-project.ts';

const USERS = Array.from({ length: 20 }, (_, u) => `u${u}`);
let project: ServingProject;
let server: Recommender;
let other: Recommender;

beforeAll(async () => {
  project = await servingProject({ deadlineMs: 2000 });
  other = await createRecommender(project.config);
});
afterAll(async () => {
  await server?.close();
  await other?.close();
  await project?.remove();
});

const ranking = ({ items, servedBy, degraded }: Slate) => JSON.stringify({ items, servedBy, degraded });

it('under load, an activation elsewhere is seen within a second: whole old or whole new answers, none lost', {
  timeout: 60_000,
}, async () => {
  const old = (await other.bundles()).active!;
  await other.recordEvents(
    Array.from({ length: 200 }, (_, k) => ({
      user: `new${k % 20}`,
      item: `i${(k * 7) % 90}`,
      type: 'like',
      value: null,
      time: 1_700_000_000_000 + k,
    })),
  );
  const { bundle: young } = await other.train({ activate: false });
  server = await createRecommender(project.config, { workers: 2 });
  const expected = new Map<string, string>();
  for (const bundle of [old, young]) {
    for (const user of USERS) {
      const slate = await other.service.recommend({ target: { user }, n: 10, bundle });
      expected.set(`${bundle} ${user}`, ranking(slate));
    }
  }
  expect(USERS.some((user) => expected.get(`${old} ${user}`) !== expected.get(`${young} ${user}`))).toBe(true);

  let stop = false;
  let activatedAt = Number.POSITIVE_INFINITY;
  let firstYoung = 0;
  const counts: Record<string, number> = { [old]: 0, [young]: 0 };
  const client = async (first: number): Promise<void> => {
    for (let k = first; !stop; k++) {
      const user = USERS[k % USERS.length]!;
      const slate = await server.service.recommend({ target: { user }, n: 10 });
      expect(ranking(slate)).toBe(expected.get(`${slate.bundle} ${user}`));
      counts[slate.bundle]!++;
      if (slate.bundle === young) firstYoung ||= performance.now();
    }
  };
  const clients = Promise.all(Array.from({ length: 16 }, (_, k) => client(k)));
  const until = async (reached: () => boolean) => {
    while (!reached()) await Promise.race([clients, new Promise((resolve) => setImmediate(resolve))]);
  };
  await until(() => counts[old]! > 500);
  await other.activate(young);
  activatedAt = performance.now();
  await until(() => counts[young]! > 500);
  await other.rollback();
  const before = counts[old]!;
  await until(() => counts[old]! > before + 500);
  stop = true;
  await clients;
  expect(firstYoung - activatedAt).toBeLessThan(1000);
  expect(server.service.stats()).toMatchObject({ restarts: 0, fallbacks: {} });
});
