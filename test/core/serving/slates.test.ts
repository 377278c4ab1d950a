import { expect, it } from 'vitest';
import { askedFor, differences } from '../../../core/serving/asked-for.ts';
import type { Slate } from '../../../core/serving/slate.ts';
import { createSlates } from '../../../core/serving/slates.ts';

const setup = (maxItems?: number) => {
  let now = 1e12;
  const slates = createSlates({ now: () => now }, maxItems);
  return { slates, pass: (ms: number) => (now += ms) };
};
const taste = ['taste'];
const both = ['taste', 'new'];
const slate = (recommendationId: string, ids: readonly string[] = ['i1', 'i2']): Slate => ({
  recommendationId,
  user: 'u1',
  pipeline: 'home',
  bundle: 'b1',
  createdAt: 1e12,
  servedBy: 'PIPELINE',
  degraded: [{ stage: 'rerank[0].mmr', code: 'TIMEOUT', message: 'late' }],
  items: ids.map((id, k) => ({ id, rank: k + 1, score: 1 / 3 - k, sources: k % 2 === 0 ? taste : both })),
});

it('a slate comes back as it was for 15 minutes', () => {
  const { slates, pass } = setup();
  const given = slate('r1', ['a', 'b', 'c']);
  slates.keep(given, { target: 'h' });
  pass(15 * 60_000 - 1);
  expect(slates.find('r1')).toEqual({ slate: given, asked: { target: 'h' } });
  expect([slates.lists('r1', 'b'), slates.lists('r1', 'z'), slates.lists('r2', 'b')]).toEqual([true, false, false]);
  pass(2);
  expect(slates.find('r1')).toBeUndefined();
});

it('64 MB hold the newest slates, however many are asked for', () => {
  const { slates } = setup();
  const ids = Array.from({ length: 200 }, (_, k) => `item-${k}`);
  for (let k = 0; k < 40_000; k++) slates.keep(slate(`r${k}`, ids), {});
  expect(slates.find('r0')).toBeUndefined();
  expect(slates.find('r39999')?.slate.items.at(-1)?.id).toBe('item-199');
  // 200 items by their numbers: a slate takes less than 6 kB, so that more than 11,000 of them are kept.
  expect(slates.find(`r${40_000 - 11_000}`)).toBeDefined();
});

it('lets go of all slates when they have named more items than it may number', () => {
  const { slates } = setup(4);
  slates.keep(slate('r1', ['a', 'b']), {});
  slates.keep(slate('r2', ['b', 'c', 'd']), {});
  expect(slates.find('r1')).toBeUndefined();
  expect(slates.find('r2')?.slate.items.map(({ id }) => id)).toEqual(['b', 'c', 'd']);
});

it('requests that list other items differ, by the part that does', () => {
  const request = { target: { user: 'u' }, n: 10, filter: { categories: ['x'], available: null } };
  const asked = askedFor(request, 'home');
  const same = { ...request, n: 20, deadlineMs: 9, context: {}, filter: { available: null, categories: ['x'] } };
  expect(differences(asked, askedFor(same, 'home'))).toEqual([]);
  expect(differences(asked, askedFor({ ...request, target: { user: 'v' } }, 'home'))).toEqual(['target']);
  const { filter: _, ...unfiltered } = request;
  expect(differences(asked, askedFor(unfiltered, 'new'))).toEqual(['filter', 'pipeline']);
  const session = (items: string[]) => ({
    n: 1,
    target: { session: { id: 's', events: items.map((item) => ({ item })) } },
  });
  expect(differences(askedFor(session(['a']), 'home'), askedFor(session(['a', 'b']), 'home'))).toEqual([]);
});
