import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from 'recograph/math';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runShop } from '../../examples/shop/run.ts';
import { simulateShop } from '../../examples/shop/simulator.ts';
import { choose, shareOfOptimum } from '../../examples/simulator/choice.ts';

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
});

it('shop: recommends far closer to the optimum than best sellers are', async () => {
  const options = { users: 150, days: 14, items: 120, newItemsADay: 3, seed: 1 };
  const report = await runShop(options, join(folder, 'store.sqlite'));
  expect(report.recommended).toBeGreaterThan(1.3 * report.bestSellers);
  expect(report.bestSellers).toBeGreaterThan(report.random);
}, 120_000);
