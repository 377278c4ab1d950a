import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecommender, RecographError, type Recommender } from 'recograph';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { builtInMetrics } from '../../../core/evaluation/index.ts';
import { isNotWorse } from '../../../core/kernel/not-worse.ts';
import { createSchedule, parseInterval } from '../../../core/kernel/schedule.ts';

let folder: string;
let recommender: Recommender;
let now = 1_700_000_000_000;
const clock = { now: () => now };
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-schedule-'));
  const rows = Array.from({ length: 60 }, (_, k) => `u${k % 6},i${(k * 5) % 7},${1_600_000_000 + k}`);
  await writeFile(join(folder, 'events.csv'), ['user,item,time', ...rows].join('\n'));
  const config = {
    data: { interactions: { path: 'events.csv', columns: { user: 'user', item: 'item', time: 'time' } } },
    models: { trending: { use: 'popularity' } },
    pipelines: { home: { candidates: [{ model: 'trending' }] } },
    training: { every: '1h', afterEvents: 10 },
    evaluation: { metrics: ['hr@1'] },
  };
  recommender = await createRecommender(config, { folder, clock });
  await recommender.train();
});
afterEach(async () => {
  await recommender.close();
  await rm(folder, { recursive: true });
});

const schedule = () =>
  createSchedule({
    training: recommender.config.training,
    bundleFolder: join(folder, '.recograph', 'bundles'),
    store: recommender.store,
    jobs: recommender.jobs,
    clock,
    log,
  });
const trained = async () => (await recommender.bundles()).bundles.length;

it('trains again when the bundle is as old as `every`, not before', async () => {
  const { check, stop } = schedule();
  now += 3_599_000;
  await check();
  expect(await trained()).toBe(1);
  now += 1000;
  await check();
  expect(await trained()).toBe(2);
  await check();
  expect(await trained()).toBe(2);
  stop();
});

it('trains again when `afterEvents` events have come', async () => {
  const { check, stop } = schedule();
  const record = (count: number, from: number) =>
    recommender.recordEvents(
      Array.from({ length: count }, (_, k) => ({
        user: `n${from + k}`,
        item: 'i1',
        type: 'interaction',
        value: null,
        time: now,
      })),
    );
  await record(9, 0);
  await check();
  expect(await trained()).toBe(1);
  await record(1, 9);
  await check();
  expect(await trained()).toBe(2);
  stop();
});

it('a bundle that is worse by more than the tolerance is not activated by itself', async () => {
  const { store, config } = recommender;
  const active = (await store.bundles())[0]!;
  await store.addBundle({ ...active, id: 'good', metrics: { 'pipelines.home': { 'hr@1': 0.5 } } });
  await store.activateBundle('good');
  const judged = (value: number | null) =>
    isNotWorse(
      store,
      { 'pipelines.home': { 'hr@1': value } },
      config,
      { name: 'hr@1', k: 1, metric: builtInMetrics.hr },
      config.training.tolerance,
    );
  expect(await judged(0.475)).toBe(true);
  expect(await judged(0.474)).toBe(false);
  expect(await judged(null)).toBe(true);
});

it('reads intervals, and refuses what is none', () => {
  expect(parseInterval('30m', 'training.every')).toBe(1_800_000);
  expect(parseInterval('1.5h', 'training.every')).toBe(5_400_000);
  for (const text of ['', '5', 'h', '-1h', '0s']) {
    expect(() => parseInterval(text, 'training.every')).toThrow(RecographError);
  }
});
