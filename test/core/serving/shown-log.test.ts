import type { ShownRecord, Store } from 'recograph';
import { expect, it } from 'vitest';
import { createRecommendationId, isSampled } from '../../../core/serving/recommendation-id.ts';
import { createShownLog } from '../../../core/serving/shown-log.ts';
import type { Slate } from '../../../core/serving/slate.ts';

const DAY = 86_400_000;
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const setup = (limits: object = {}, isMore = () => false) => {
  let now = 100 * DAY;
  const written: ShownRecord[] = [];
  const pruned: object[] = [];
  const store = {
    addShown: async (records: readonly ShownRecord[]) => void written.push(...records),
    pruneShown: async (of: object) => {
      pruned.push(of);
      return isMore();
    },
  } as unknown as Store;
  const shown = createShownLog(
    store,
    { retentionDays: 30, sample: 1, maxBytes: 500, ...limits },
    { now: () => now },
    log,
  );
  return { shown, written, pruned, pass: (ms: number) => (now += ms) };
};
const item = (rank: number) => ({ id: `i${rank}`, rank, score: 1, sources: [] });
const slate = (recommendationId: string) =>
  ({
    recommendationId,
    user: 'u1',
    pipeline: 'home',
    bundle: 'b1',
    items: [1, 2, 3, 4, 5].map(item),
  }) as unknown as Slate;

it('writes the items of the pages that were answered, and none beside them', async () => {
  const { shown, written } = setup();
  const of = slate(createRecommendationId(5));
  shown.add(of, [item(1), item(2)]);
  shown.add(of, [item(3), item(5)]);
  shown.add(of, []);
  expect(shown.isPending(of.recommendationId)).toBe(true);
  await shown.flush();
  expect(shown.isPending(of.recommendationId)).toBe(false);
  const record = { recommendationId: of.recommendationId, user: 'u1', pipeline: 'home', bundle: 'b1' };
  expect(written).toEqual([
    { ...record, from: 1, items: ['i1', 'i2'] },
    { ...record, from: 3, items: ['i3', null, 'i5'] },
  ]);
});

it('deletes by retention and size at most once an hour, and goes on at the next write while there is more', async () => {
  let more = true;
  const { shown, pruned, pass } = setup({}, () => more);
  const next = async () => {
    shown.add(slate(createRecommendationId(5)), [item(1)]);
    await shown.flush();
  };
  await next();
  more = false;
  await next();
  await next();
  expect(pruned).toEqual([
    { before: 70 * DAY, maxBytes: 500 },
    { before: 70 * DAY, maxBytes: 500 },
  ]);
  pass(3_600_000);
  await next();
  expect(pruned.at(-1)).toEqual({ before: 70 * DAY + 3_600_000, maxBytes: 500 });
});

it('remembers a sample of the recommendations, the same ones for everybody', async () => {
  const { shown, written } = setup({ sample: 0.25 });
  const ids = Array.from({ length: 4000 }, () => createRecommendationId(5));
  for (const id of ids) shown.add(slate(id), [item(1)]);
  await shown.flush();
  expect(written.length).toBeGreaterThan(800);
  expect(written.length).toBeLessThan(1200);
  expect(written.map(({ recommendationId }) => recommendationId)).toEqual(ids.filter((id) => isSampled(id, 0.25)));
  expect(ids.every((id) => shown.remembers(id) === isSampled(id, 0.25))).toBe(true);
});

it('ids sort by their time, and are UUIDs of version 7', () => {
  const ids = [3, 1, 1e12, 2 ** 40].map(createRecommendationId);
  expect([...ids].sort()).toEqual([ids[1], ids[0], ids[2], ids[3]]);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
