import type { Json, StateChange } from 'recograph';
import { expect, it } from 'vitest';
import { createEpsilonGreedy } from '../../plugins/epsilon-greedy/epsilon-greedy.ts';
import { rankedList, stageContext } from '../support/stage-context.ts';

const config = { epsilon: 0.5, explore: 'least-shown', state: 'bandit' } as const;
const list = rankedList([0, 1, 2, 3, 4, 5], [6, 5, 4, 3, 2, 1]);
const shown = (...items: string[]): StateChange => ({ kind: 'shown', items, at: 0 });
const event = (item: string, type = 'click', wasShown = true): StateChange => ({
  kind: 'event',
  item,
  type,
  value: null,
  shown: wasShown,
  at: 0,
});
const after = (stage: ReturnType<typeof createEpsilonGreedy>, changes: StateChange[]): Json =>
  changes.reduce((state, change) => stage.keeps!.reduce(state, change), stage.keeps!.initial);
const run = async (stage: ReturnType<typeof createEpsilonGreedy>, n: number, state?: Json, seeds = [1]) =>
  stage.run(
    seeds.map(() => list),
    stageContext(n, { seeds, extra: state === undefined ? {} : { bandit: state } }),
  );

it('changes nothing with epsilon 0, or when there is nothing further down', async () => {
  expect((await run(createEpsilonGreedy({ ...config, epsilon: 0 }), 2))[0]).toBe(list);
  expect((await run(createEpsilonGreedy({ ...config, epsilon: 1 }), 6))[0]).toBe(list);
});

it('explores what was shown least', async () => {
  const stage = createEpsilonGreedy({ ...config, epsilon: 1 });
  const state = after(stage, [shown('i2', 'i3', 'i5'), shown('i2', 'i3'), shown('i3', 'i4')]);
  const [result] = await run(stage, 3, state);
  // shown: i3 3, i4 1, i5 1; beyond the first three
  expect(new Set(result!.items.slice(0, 2))).toEqual(new Set([4, 5]));
  expect([...result!.items.slice(2)]).toEqual([3, 0, 1, 2]);
});

it('or what has the greatest optimistic reward', async () => {
  const stage = createEpsilonGreedy({ ...config, epsilon: 1, explore: 'optimistic', rewards: ['click'] });
  const state = after(stage, [
    shown('i3', 'i4', 'i5'),
    shown('i3', 'i4', 'i5'),
    event('i4'),
    event('i5', 'view'),
    event('i3', 'click', false),
  ]);
  // (1 + 1) / 3 for i4, 1 / 3 for i3 and i5
  expect((await run(stage, 3, state))[0]!.items[0]).toBe(4);
});

it('works before anything was kept, lists nothing twice and never raises a score', async () => {
  const seeds = Array.from({ length: 200 }, (_, k) => k);
  for (const result of await run(createEpsilonGreedy(config), 3, undefined, seeds)) {
    expect([...result.items].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    for (let k = 1; k < 6; k++) expect(result.scores[k]).toBeLessThanOrEqual(result.scores[k - 1]!);
  }
});

it('explores a slot with probability epsilon, drawn from the request’s own seed', async () => {
  const stage = createEpsilonGreedy({ ...config, epsilon: 0.2 });
  const seeds = Array.from({ length: 4000 }, (_, k) => k);
  const results = await run(stage, 1, undefined, seeds);
  const share = results.filter((result) => result.items[0] !== 0).length / seeds.length;
  // standard error sqrt(.2 * .8 / 4000) = .0063
  expect(Math.abs(share - 0.2)).toBeLessThan(0.02);
  const [alone] = await run(stage, 1, undefined, [seeds[17]!]);
  expect(alone).toEqual(results[17]);
});

it('keeps a bounded number of items, whatever they are called', () => {
  const stage = createEpsilonGreedy(config);
  const many = Array.from({ length: 40_000 }, (_, k) => shown(`__proto__${k}`));
  const state = after(stage, [...many, shown('__proto__')]) as Json[][];
  expect(state.flat().length).toBeLessThanOrEqual(256 * 64);
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
});
