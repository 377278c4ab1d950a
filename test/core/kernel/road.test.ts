import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRecommender, defineConfig, type Recommender } from 'recograph';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const movies = fileURLToPath(new URL('../../../examples/movies/data/ml-latest-small', import.meta.url));
const config = defineConfig({
  data: {
    interactions: { path: movies, format: 'movielens' },
    items: { path: movies, format: 'movielens' },
    feedback: { rating: { kind: 'explicit', min: 4 } },
  },
  models: {
    taste: { use: 'als', config: { factors: 16, epochs: 4 } },
    rated: { use: 'mf', config: { factors: 4, epochs: 2 } },
    clicks: { use: 'logistic-regression', config: { epochs: 1 } },
    alike: { use: 'item-knn' },
    peers: { use: 'user-knn' },
    trending: { use: 'popularity', config: { halfLifeDays: 365 } },
    themes: { use: 'content-based', config: { vectors: 'text' } },
    mapped: { use: 'factor-mapping', config: { model: 'taste', vectors: 'text' } },
    several: { use: 'bagging', config: { model: 'mapped', members: 2 } },
  },
  features: { text: { use: 'content', config: { fields: ['title', 'categories'], dimensions: 32 } } },
  rankers: {
    main: {
      use: 'softmax',
      config: {
        features: ['taste.score', 'rated.score', 'clicks.score', 'mapped.score', 'trending.rank', 'item.year'],
      },
    },
  },
  pipelines: {
    home: {
      candidates: [
        { model: 'taste', n: 100 },
        { model: 'trending', n: 50 },
        { model: 'mapped', n: 50 },
      ],
      ranker: 'main',
      rerank: [
        { use: 'mmr', config: { vectors: 'text', lambda: 0.8 } },
        { use: 'epsilon-greedy', config: { epsilon: 0.2 } },
      ],
      fallback: ['trending'],
    },
    alike: { candidates: [{ model: 'alike', n: 50 }], fallback: ['trending'] },
    peers: { candidates: [{ model: 'peers', n: 50 }] },
    themes: { candidates: [{ model: 'themes', n: 50 }] },
    rated: { candidates: [{ model: 'rated', n: 50 }] },
    several: { candidates: [{ model: 'several', n: 50 }] },
    mixed: {
      candidates: [
        { pipeline: 'alike', n: 30 },
        { pipeline: 'peers', n: 30 },
      ],
      merge: 'mixed',
    },
  },
  evaluation: { split: { use: 'temporal', test: 0.1 }, metrics: ['ndcg@10'] },
  runtime: 'wasm',
});

let folder: string;
let recommender: Recommender;
const lists = async (of: Recommender) => {
  const answers: Record<string, unknown> = {};
  for (const pipeline of Object.keys(config.pipelines ?? {})) {
    for (const user of ['1', '610', 'nobody']) {
      const slate = await of.recommend({ target: { user }, n: 10, pipeline });
      answers[`${pipeline} ${user}`] = [slate.servedBy, slate.degraded, slate.items];
    }
  }
  return answers;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-road-'));
  recommender = await createRecommender(config, { folder });
}, 120_000);
afterAll(async () => {
  await recommender.close();
  await rm(folder, { recursive: true });
});

describe('from the ratings file to recommendations', { timeout: 120_000 }, () => {
  it('imports, trains, evaluates, writes a bundle and activates it', async () => {
    const report = await recommender.train();
    expect(report.active).toBe(true);
    expect(Object.keys(report.metrics)).toContain('pipelines.home');
    expect(report.metrics['pipelines.home']?.['ndcg@10']).toBeGreaterThan(0.1);
    expect((await recommender.bundles()).active).toBe(report.bundle);
    expect(await recommender.store.counts()).toEqual({ events: 100_836, items: 9_742, users: 610 });
  });

  it('answers every pipeline without a failing stage, and never with a seen item', async () => {
    const [history = []] = await recommender.store.histories(['1'], 10_000);
    const seen = new Set(history.map(({ item }) => item));
    for (const [name, answer] of Object.entries(await lists(recommender))) {
      const [, degraded, items] = answer as [string, unknown[], { id: string }[]];
      expect(degraded, name).toEqual(items.length > 0 ? [] : [expect.objectContaining({ code: 'NO_CANDIDATES' })]);
      if (name.endsWith(' 1')) expect(items.filter(({ id }) => seen.has(id))).toEqual([]);
      if (!name.endsWith('nobody')) expect(items.length, name).toBe(10);
    }
  });

  it('a recommender opened anew restores the bundle and gives the same answers', async () => {
    const first = await createRecommender(config, { folder });
    const once = await lists(first);
    await first.close();
    const second = await createRecommender(config, { folder });
    const again = await lists(second);
    await second.close();
    const without = (answers: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(answers).filter(([name]) => !name.startsWith('home')));
    expect(without(again)).toEqual(without(once));
    expect(Object.keys(again)).toHaveLength(21);
  }, 60_000);

  it('bandit counts are kept: what was shown is in the store', async () => {
    await recommender.recommend({ target: { user: '2' }, n: 5, pipeline: 'home' });
    await recommender.service.flush();
    expect(JSON.stringify(await recommender.store.keptState('epsilon-greedy'))).toMatch(/\d/);
  });

  it('a user nobody knows gets recommendations from a history that came after training', async () => {
    const before = await recommender.recommend({ target: { user: 'new' }, n: 10, pipeline: 'home' });
    expect(before.servedBy).toBe('FALLBACK');
    const time = Date.now();
    await recommender.recordEvents(
      ['1', '3114', '2355'].map((item) => ({ user: 'new', item, type: 'rating', value: 5, time })),
    );
    const after = await recommender.recommend({ target: { user: 'new' }, n: 10, pipeline: 'home' });
    expect(after.servedBy).toBe('FOLD_IN');
    expect(after.items.map(({ id }) => id)).not.toEqual(before.items.map(({ id }) => id));
    expect(after.items.some(({ id }) => ['1', '3114', '2355'].includes(id))).toBe(false);
  });

  it('an item that came after training is recommended by its text', async () => {
    await recommender.upsertItems([
      {
        id: 'new-toy-story',
        title: 'Toy Story 5 (2026)',
        categories: ['Adventure', 'Animation', 'Children', 'Comedy', 'Fantasy'],
      },
    ]);
    const events = ['1', '3114'].map((item) => ({ item, type: 'rating', value: 5 }));
    const slate = await recommender.recommend({ target: { session: { id: 's', events } }, n: 20, pipeline: 'themes' });
    expect(slate.items.map(({ id }) => id)).toContain('new-toy-story');
    await recommender.deleteItems(['new-toy-story']);
    const later = await recommender.recommend({ target: { session: { id: 's', events } }, n: 20, pipeline: 'themes' });
    expect(later.items.map(({ id }) => id)).not.toContain('new-toy-story');
  });

  it('evaluates the bundle on what came after it, and counts what it does not know', async () => {
    const { active } = await recommender.bundles();
    await recommender.recordEvents(
      ['318', '527'].map((item) => ({ user: '1', item, type: 'rating', value: 5, time: Date.now() })),
    );
    const report = await recommender.evaluate({ bundle: active! });
    expect(report.users).toBe(1);
    expect(report.warnings.join()).toMatch(/newer events are of users or items that the bundle does not know/);
  });

  it('a damaged bundle is refused and the old one goes on serving', async () => {
    const { active } = await recommender.bundles();
    const { bundle } = await recommender.train({ activate: false });
    const bundleFolder = join(folder, '.recograph', 'bundles', bundle);
    const [tensor] = (await readdir(bundleFolder)).filter((name) => name.endsWith('.safetensors'));
    await writeFile(join(bundleFolder, tensor!), 'not what it was');
    await expect(recommender.activate(bundle)).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
    expect((await recommender.bundles()).active).toBe(active);
    expect((await recommender.recommend({ target: { user: '1' }, n: 3, pipeline: 'alike' })).bundle).toBe(active);
  });
});
