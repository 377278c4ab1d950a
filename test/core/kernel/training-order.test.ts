import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createRecommender,
  type Dataset,
  defineConfig,
  defineFeature,
  defineModel,
  definePlugin,
  defineRanker,
  featureRef,
  type LabelledGroups,
  type RankingGroups,
} from 'recograph';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';

/** What the spies saw, in order. */
type Seen =
  | { what: 'fit'; events: ReadonlySet<number>; until: number }
  | { what: 'extractor'; width: number }
  | { what: 'rank-fit'; groups: LabelledGroups }
  | { what: 'rank'; groups: RankingGroups };
let seen: Seen[] = [];
let extractorFits = 0;

const spyModel = defineModel({
  type: 'spy-model',
  create: () => {
    const fitted = (counts: Float32Array) => ({
      capabilities: {
        feedback: ['implicit' as const],
        coldUsers: [],
        coldItems: false,
        sequential: false,
        context: false,
        calibrated: 'none' as const,
      },
      score: async (queries: { size: number }, items: { kind: string; indices: Int32Array }) => {
        const repeat = items.kind === 'shared' ? queries.size : 1;
        return Float32Array.from(
          { length: repeat * items.indices.length },
          (_, k) => counts[items.indices[k % items.indices.length]!]!,
        );
      },
      state: () => ({ json: null, tensors: { counts: { shape: [counts.length], data: counts } } }),
    });
    return {
      fit: async (data: Dataset) => {
        seen.push({ what: 'fit', events: new Set(data.interactions.eventIds), until: data.until });
        const counts = new Float32Array(data.items.size);
        for (const item of data.interactions.items) counts[item]!++;
        return fitted(counts);
      },
      restore: ({ tensors }) => fitted(tensors.counts!.data as Float32Array),
    };
  },
});

/** Vectors that tell which fit they come from. */
const spyFeature = defineFeature({
  type: 'spy-feature',
  create: () => {
    const fitted = (mark: number) => ({
      subject: 'item' as const,
      width: 1,
      extract: async ({ rows }: { rows: number }) => ({ rows, columns: 1, data: new Float32Array(rows).fill(mark) }),
      state: () => ({ json: mark, tensors: {} }),
    });
    return { fit: async () => fitted(++extractorFits), restore: ({ json }) => fitted(json as number) };
  },
});

const spyRanker = defineRanker({
  type: 'spy-ranker',
  config: z.object({ features: z.array(featureRef()) }),
  create: () => {
    const fitted = {
      score: async (groups: RankingGroups) => {
        seen.push({ what: 'rank', groups });
        return Float32Array.from(
          { length: groups.features.rows },
          (_, row) => groups.features.data[row * groups.features.columns]!,
        );
      },
      state: () => ({ json: null, tensors: {} }),
    };
    return {
      fit: async (groups: LabelledGroups) => {
        seen.push({ what: 'rank-fit', groups });
        return fitted;
      },
      restore: () => fitted,
    };
  },
});

const plugin = definePlugin({ name: 'spies', apiVersion: 1, components: [spyModel, spyFeature, spyRanker] });

let folder: string;
beforeEach(async () => {
  seen = [];
  extractorFits = 0;
  folder = await mkdtemp(join(tmpdir(), 'recograph-order-'));
  const rows = ['user_id,item_id,timestamp'];
  for (let user = 0; user < 40; user++) {
    for (let k = 0; k < 10; k++) rows.push(`u${user},i${(user * 3 + k * 7) % 30},${1_600_000_000 + k * 86_400 + user}`);
  }
  await writeFile(join(folder, 'events.csv'), rows.join('\n'));
});
afterEach(() => rm(folder, { recursive: true }));

const open = (features: string[], training: { positionBias?: number } = {}) =>
  createRecommender(
    defineConfig({
      plugins: [plugin],
      data: {
        interactions: {
          path: 'events.csv',
          format: 'csv',
          columns: { user: 'user_id', item: 'item_id', time: 'timestamp' },
        },
      },
      models: { spy: { use: 'spy-model' } },
      features: { mark: { use: 'spy-feature' } },
      rankers: { main: { use: 'spy-ranker', config: { features: features as ['spy.score'] } } },
      pipelines: { home: { candidates: [{ model: 'spy', n: 20 }], ranker: 'main' } },
      evaluation: { split: { use: 'temporal', test: 0.2 }, metrics: ['ndcg@5'] },
      training,
    }),
    { folder },
  );

it('metrics come from events that nothing fitted had seen, and only the last fit sees everything', async () => {
  const recommender = await open(['spy.score']);
  const report = await recommender.train();
  await recommender.close();
  const fits = seen.filter((entry) => entry.what === 'fit');
  expect(fits).toHaveLength(2);
  const [past, everything] = fits;
  const newest = [...everything!.events].filter((id) => !past!.events.has(id));
  expect(everything!.events.size).toBe(400);
  // 20 % of 400 events are tested; a tenth of the other 320 labels the ranker.
  expect(past!.events.size).toBe(288);
  expect(past!.until).toBeLessThan(everything!.until);
  expect(newest).toHaveLength(112);
  const order = seen.map(({ what }) => what);
  expect(order.lastIndexOf('fit')).toBeGreaterThan(order.lastIndexOf('rank'));
  expect(order.indexOf('rank-fit')).toBeLessThan(order.indexOf('rank'));
  expect(report.metrics['pipelines.home']).toHaveProperty('ndcg@5');
});

it('a ranker never meets vectors refitted after it', async () => {
  const recommender = await open(['spy.score', 'mark']);
  await recommender.train();
  const rankFit = seen.find((entry) => entry.what === 'rank-fit')!;
  seen = [];
  const slate = await recommender.recommend({ target: { user: 'u1' }, n: 5 });
  expect(slate.degraded).toEqual([]);
  await recommender.close();
  const served = seen.find((entry) => entry.what === 'rank')!;
  expect(extractorFits).toBe(1);
  expect(rankFit.groups.columns).toEqual(['spy.score', 'mark[0]']);
  expect(served.groups.columns).toEqual(rankFit.groups.columns);
  expect(new Set(column(served.groups, 1))).toEqual(new Set(column(rankFit.groups, 1)));
});

it('a feature that no ranker takes vectors of is fitted again with everything else', async () => {
  const recommender = await open(['spy.score']);
  await recommender.train();
  await recommender.close();
  expect(extractorFits).toBe(2);
});

it('a choice from a slate weighs by the place where it was shown', async () => {
  const recommender = await open(['spy.score'], { positionBias: 1 });
  await recommender.train();
  const { recommendationId, items } = await recommender.recommend({ target: { user: 'u1' }, n: 5 });
  await recommender.service.flush();
  const shown = items[2]!.id;
  seen = [];
  const time = 1_600_000_000_000 + 9 * 86_400_000 + 1000 * 1000;
  const event = { type: 'interaction', value: null, recommendationId };
  await recommender.recordEvents([
    { ...event, user: 'u1', item: shown, time },
    // what the test part holds back comes after what the ranker is labelled by
    ...Array.from({ length: 100 }, (_, k) => ({ ...event, user: `u${k % 40}`, item: 'i0', time: time + 1 + k })),
  ]);
  await recommender.train();
  await recommender.close();
  const { labels, weights } = seen.find((entry) => entry.what === 'rank-fit')!.groups;
  const chosen = Array.from(weights!).filter((weight, row) => labels[row]! > 0 && weight !== 1);
  expect(chosen).toEqual([3]);
  expect(Array.from(weights!).every((weight, row) => labels[row]! > 0 || weight === 1)).toBe(true);
});

const column = ({ features }: RankingGroups, index: number): number[] =>
  Array.from({ length: features.rows }, (_, row) => features.data[row * features.columns + index]!);
