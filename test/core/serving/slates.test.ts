import type { SlateRecord, Store } from 'recograph';
import { expect, it } from 'vitest';
import { createSlates } from '../../../core/serving/slates.ts';

const DAY = 86_400_000;
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const setup = () => {
  let now = 100 * DAY;
  const written: SlateRecord[] = [];
  const pruned: number[] = [];
  const store = {
    addSlates: async (slates: readonly SlateRecord[]) => {
      written.push(...slates);
    },
    pruneSlates: async (before: number) => {
      pruned.push(before);
      return 0;
    },
  } as unknown as Store;
  const slates = createSlates(store, { now: () => now }, log);
  const slate = (recommendationId: string) => ({
    recommendationId,
    user: 'u1',
    pipeline: 'home',
    bundle: 'b1',
    createdAt: now,
    servedBy: 'PIPELINE' as const,
    degraded: [],
    items: [{ id: 'i1', rank: 1, score: 1, sources: [] }],
  });
  return { slates, slate, written, pruned, pass: (ms: number) => (now += ms) };
};

it('a slate can be paged through for 15 minutes, and is written for later', async () => {
  const { slates, slate, written, pass } = setup();
  slates.add(slate('r1'), { keep: true });
  pass(15 * 60_000 - 1);
  expect(slates.find('r1')?.items).toHaveLength(1);
  pass(2);
  expect(slates.find('r1')).toBeUndefined();
  await slates.flush();
  expect(written).toMatchObject([{ id: 'r1', items: ['i1'] }]);
});

it('a slate that nobody will page through is written alone', async () => {
  const { slates, slate, written } = setup();
  slates.add(slate('r1'), { keep: false });
  expect(slates.find('r1')).toBeUndefined();
  await slates.flush();
  expect(written).toMatchObject([{ id: 'r1', items: ['i1'] }]);
});

it('slates older than 30 days are deleted, at most once an hour', async () => {
  const { slates, slate, pruned, pass } = setup();
  for (const id of ['r1', 'r2']) {
    slates.add(slate(id), { keep: true });
    await slates.flush();
  }
  expect(pruned).toEqual([70 * DAY]);
  pass(3_600_000);
  slates.add(slate('r3'), { keep: true });
  await slates.flush();
  expect(pruned).toEqual([70 * DAY, 70 * DAY + 3_600_000]);
});
