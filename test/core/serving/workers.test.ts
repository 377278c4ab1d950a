import { createRecommender, type Log, type Recommender, type Slate } from 'recograph';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServingProject, servingProject } from '../../support/serving-project.ts';

const DEADLINE_MS = 400;
let project: ServingProject;
let recommender: Recommender;
const logged: { fields: object; message: string }[] = [];
const keep = (fields: object, message: string) => void logged.push({ fields, message });
const log: Log = { debug: () => {}, info: () => {}, warn: keep, error: keep };

beforeAll(async () => {
  project = await servingProject({ deadlineMs: DEADLINE_MS });
  recommender = await createRecommender(project.config, { workers: 1, log });
});
afterAll(async () => {
  await recommender?.close();
  await project?.remove();
});

const ask = (trouble?: string, user = 'u1') =>
  recommender.service.recommend({ target: { user }, n: 10, context: trouble ? { trouble } : {} });
const ids = ({ items }: Slate) => items.map(({ id }) => id);
const content = ({ servedBy, degraded, items, bundle, pipeline }: Slate) => ({
  servedBy,
  degraded,
  items,
  bundle,
  pipeline,
});

describe('serving workers', () => {
  it('answer exactly what the pipeline answers in this process', { timeout: 60_000 }, async () => {
    const users = Array.from({ length: 70 }, (_, u) => `u${u}`);
    const answers = async (of: Recommender) => {
      const single = [];
      for (const user of users) single.push(content(await of.service.recommend({ target: { user }, n: 15 })));
      const session = { id: 's', events: [{ item: 'i31' }, { item: 'i32' }] };
      const filter = { categories: ['group2'] };
      single.push(content(await of.service.recommend({ target: { session }, n: 10 })));
      single.push(content(await of.service.recommend({ target: { anonymous: true }, n: 10, filter })));
      single.push(
        content(await of.service.recommend({ target: { user: 'u2' }, n: 5, filter, excludeItems: ['i60', 'i61'] })),
      );
      const similar = await of.service.similar({ item: 'i40', n: 5 });
      return { single, similar };
    };
    const inProcess = await createRecommender(project.config);
    const expected = await answers(inProcess);
    await inProcess.close();
    const threads = await createRecommender(project.config, { workers: 2 });
    expect(threads.service.stats()).toMatchObject({ workers: 2, ready: 2, restarts: 0 });
    const given = await answers(threads);
    await threads.close();
    expect(given).toEqual(expected);
    expect(expected.single[1]!.servedBy).toBe('PIPELINE');
    expect(expected.single[70]!.servedBy).toBe('FOLD_IN');
  });

  it('a stage that throws is named and left out; the worker lives on', async () => {
    const { restarts } = recommender.service.stats();
    const slate = await ask('throw');
    expect(slate.degraded).toEqual([{ stage: 'rerank[0].trouble', code: 'INTERNAL', message: 'asked to throw' }]);
    expect(slate.servedBy).toBe('PIPELINE');
    expect(slate.items).toHaveLength(10);
    expect(recommender.service.stats().restarts).toBe(restarts);
  });

  it.each([
    ['loop', 'DEADLINE_EXCEEDED'],
    ['exit', 'WORKER_FAILED'],
    ['never', 'DEADLINE_EXCEEDED'],
  ])(
    'a plugin that does "%s": fallback in time, %s named, the worker replaced',
    { timeout: 60_000 },
    async (trouble, code) => {
      const before = recommender.service.stats();
      const since = performance.now();
      const slate = await ask(trouble);
      expect(performance.now() - since).toBeLessThan(DEADLINE_MS + 250);
      expect(slate.servedBy).toBe('FALLBACK');
      expect(slate.degraded).toMatchObject([{ stage: 'pipelines.home', code }]);
      expect(slate.items).toHaveLength(10);
      const [history = []] = await recommender.store.histories(['u1'], 100);
      const hidden = new Set(history.map(({ item }) => item));
      for (const id of ids(slate)) {
        expect(hidden.has(id)).toBe(false);
        expect(id.endsWith('9')).toBe(false);
      }
      await replaced(before.restarts);
      const next = await ask();
      expect(next).toMatchObject({ servedBy: 'PIPELINE', degraded: [] });
    },
  );

  it.each(['uncaught', 'memory'])(
    'a plugin that does "%s": the worker is replaced',
    { timeout: 60_000 },
    async (trouble) => {
      const { restarts } = recommender.service.stats();
      const since = performance.now();
      const slate = await ask(trouble);
      expect(performance.now() - since).toBeLessThan(DEADLINE_MS + 250);
      expect(slate.items).toHaveLength(10);
      await replaced(restarts);
      expect(await ask()).toMatchObject({ servedBy: 'PIPELINE', degraded: [] });
    },
  );

  it('what is recorded counts in the next answer', async () => {
    const [first] = ids(await ask(undefined, 'u7'));
    const outcomes = await recommender.service.recordEvents([
      { user: 'u7', item: first!, type: 'like', value: null, time: 1_700_000_000_000 },
    ]);
    expect(outcomes).toEqual([{ status: 'accepted' }]);
    expect(ids(await ask(undefined, 'u7'))).not.toContain(first);
  });

  it('items that go and come are seen at once', async () => {
    const [first, second] = ids(await ask(undefined, 'u8'));
    await recommender.service.deleteItems([first!]);
    await recommender.service.upsertItems([
      { id: second!, available: false },
      { id: 'brand-new', title: 'New' },
    ]);
    const after = ids(await ask(undefined, 'u8'));
    expect(after).not.toContain(first);
    expect(after).not.toContain(second);
    const fresh = await recommender.service.recommend({
      target: { user: 'u8' },
      n: 3,
      excludeItems: ['brand-new'],
    });
    expect(fresh.degraded).toEqual([]);
  });

  it('an object as config runs in this thread and says so once', async () => {
    const own: string[] = [];
    const say = (_: object, message: string) => void own.push(message);
    const of = await createRecommender(
      { data: {}, models: {}, pipelines: {}, store: { path: 'object.sqlite' } },
      { folder: project.folder, workers: 2, log: { ...log, warn: say } },
    );
    expect(of.service.stats().workers).toBe(0);
    await of.close();
    expect(own.filter((message) => message.includes('without isolation'))).toHaveLength(1);
  });
});

/** Resolves when a worker has been lost since, and all are up again. */
const replaced = async (restarts: number): Promise<void> => {
  while (recommender.service.stats().restarts === restarts) await new Promise((resolve) => setImmediate(resolve));
  await recommender.service.ready();
};
