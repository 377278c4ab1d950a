import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from 'recograph/math';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runAds } from '../../examples/ads/run.ts';
import { simulateAds } from '../../examples/ads/simulator.ts';
import { runFriends } from '../../examples/friends/run.ts';
import { simulateFriends } from '../../examples/friends/simulator.ts';
import { runSessions } from '../../examples/sessions/run.ts';
import { simulateSessions } from '../../examples/sessions/simulator.ts';
import { runShop } from '../../examples/shop/run.ts';
import { simulateShop } from '../../examples/shop/simulator.ts';
import { choose, shareOfOptimum } from '../../examples/simulator/choice.ts';
import { storyText } from '../../examples/simulator/main.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-example-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the simulators', () => {
  it('choose by exp(utility)', () => {
    const rng = createRng(1);
    const drawn = [0, 0];
    for (let k = 0; k < 4000; k++) drawn[choose([Math.log(3), 0], rng)]!++;
    // 3 to 1: 3000 expected, standard deviation 27
    expect(Math.abs(drawn[0]! - 3000)).toBeLessThan(110);
  });

  it('share of the optimum: the list’s worth over the best one’s', () => {
    expect(shareOfOptimum([1, 2], [5, 3, 1], 2)).toBe(0.5);
    expect(shareOfOptimum([0, 1], [5, 3, 1], 2)).toBe(1);
  });

  it('tell the truth: what is chosen in the shop is liked more than what stands beside it', () => {
    const shop = simulateShop({ users: 30, days: 3, items: 50, newItemsADay: 2, seed: 3 });
    const at = (id: string) => Number(id.split('-')[1]);
    const chosen = shop.events.map(({ user, item }) => shop.utility(at(user), at(item)));
    const all = shop.events.map(({ user }, k) => shop.utility(at(user), k % 50));
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(chosen)).toBeGreaterThan(mean(all) + 1);
    expect(simulateShop({ users: 30, days: 3, items: 50, newItemsADay: 2, seed: 3 }).events).toEqual(shop.events);
  });

  it('tell the truth: next pages are a distribution, and depend on where one came from', () => {
    const site = simulateSessions({ sessions: 1, pages: 20, seed: 2 });
    expect(site.next(1, 4).reduce((a, b) => a + b)).toBeCloseTo(1, 10);
    expect(site.next(1, 4)).not.toEqual(site.next(2, 4));
  });

  it('tell the truth: ads are clicked on as often as their probabilities say, more so within the minute', () => {
    const { events, probability } = simulateAds({ visitors: 100, ads: 12, impressions: 20_000, seed: 4 });
    const at = (id: string) => Number(id.split('-')[1]);
    const expected = events.map(({ user, item, context }) => probability(at(user), at(item), context as never));
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
    const deviation = Math.sqrt(sum(expected.map((p) => p * (1 - p))));
    expect(Math.abs(sum(events.map(({ value }) => value!)) - sum(expected))).toBeLessThan(4 * deviation);
    const chance = (justClicked: string) => probability(1, 0, { daytime: 'morning', justClicked });
    // one logit and a half
    const logit = (p: number) => Math.log(p / (1 - p));
    expect(logit(chance('travel')) - logit(chance('food'))).toBeCloseTo(1.5, 6);
  });

  it('tell the truth: friendship is mutual, and as frequent as its probabilities say', () => {
    const { events, friendsOf, probability } = simulateFriends({ people: 200, seed: 5 });
    let [expected, variance] = [0, 0];
    for (let a = 0; a < 200; a++) {
      for (let b = 0; b < a; b++) {
        const p = probability(a, b);
        expect(probability(b, a)).toBeCloseTo(p, 12);
        expect(friendsOf(a).has(b)).toBe(friendsOf(b).has(a));
        expected += p;
        variance += p * (1 - p);
      }
    }
    expect(Math.abs(events.length / 2 - expected)).toBeLessThan(4 * Math.sqrt(variance));
  });
});

it('an example says what it shows, in %, and what to do next', () => {
  const rows = [['recommended', 0.848, 'pipelines.home'] as const, ['best possible', 1, ''] as const];
  const text = storyText({ setting: 'A shop.', tables: [{ title: 'Worth:', rows }], next: ['change it', 'run it'] });
  expect(text.split('\n')).toEqual([
    'A shop.',
    '',
    'Worth:',
    '  recommended     84.8 %  pipelines.home',
    '  best possible  100.0 %',
    '',
    'Next: change it',
    '      run it',
  ]);
});

it('shop: recommends far closer to the optimum than best sellers are', async () => {
  const options = { users: 150, days: 14, items: 120, newItemsADay: 3, seed: 1 };
  const report = await runShop(options, join(folder, 'store.sqlite'));
  expect(report.recommended).toBeGreaterThan(1.3 * report.bestSellers);
  expect(report.bestSellers).toBeGreaterThan(report.random);
}, 120_000);

it('sessions: reads what comes next from the session alone', async () => {
  const report = await runSessions({ sessions: 600, pages: 20, visitors: 40, seed: 1 }, join(folder, 'store.sqlite'));
  expect(Math.min(report.gru, report.attention)).toBeGreaterThan(0.6);
  expect(report.popular).toBeLessThan(0.4);
}, 120_000);

it('ads: shows what is clicked on, says how probably, and reacts to the last minute', async () => {
  const options = { visitors: 40, ads: 24, impressions: 12_000, seed: 1 };
  const report = await runAds(options, join(folder, 'store.sqlite'));
  expect(report.recommended).toBeGreaterThan(0.75);
  expect(report.recommended).toBeGreaterThan(1.2 * report.mostClicked);
  expect(Math.abs(report.predicted - report.true)).toBeLessThan(0.05);
  expect(report.afterClick).toBeGreaterThan(report.afterClickUntold + 0.05);
}, 120_000);

it('friends: finds likely friends among strangers on the graph', async () => {
  const report = await runFriends({ people: 300, seed: 1 }, join(folder, 'store.sqlite'));
  expect(report.graph).toBeGreaterThan(2 * report.popular);
  expect(report.popular).toBeGreaterThan(report.random);
}, 120_000);
