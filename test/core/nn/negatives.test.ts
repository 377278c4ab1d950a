import { csrFromTriplets } from 'recograph';
import { createRng } from 'recograph/math';
import { pointwiseExamples, popularityNegatives, shuffled, uniformNegatives } from 'recograph/nn';
import { expect, it } from 'vitest';
import { tiny } from '../../support/tiny.ts';

/** User 0 took items 0 and 2 of 4, user 1 all, user 2 none; item 2 is taken twice as often as the others. */
const positives = csrFromTriplets(
  3,
  4,
  Int32Array.of(0, 0, 1, 1, 1, 1),
  Int32Array.of(0, 2, 0, 1, 2, 3),
  new Float32Array(6).fill(1),
);

const counts = (draw: () => number, times = 4000): number[] => {
  const seen = [0, 0, 0, 0];
  for (let k = 0; k < times; k++) seen[draw()]!++;
  return seen;
};

it('never draws a positive, and says when nothing is left', () => {
  const rng = createRng(1);
  for (const sampler of [uniformNegatives(positives), popularityNegatives(positives)]) {
    const [zero, one, two, three] = counts(() => sampler.draw(0, rng));
    expect([zero, two]).toEqual([0, 0]);
    expect(one! + three!).toBe(4000);
    expect(sampler.draw(1, rng)).toBe(-1);
  }
});

it('draws uniformly, or in proportion to popularity', () => {
  const rng = createRng(2);
  for (const count of counts(() => uniformNegatives(positives).draw(2, rng)))
    expect(Math.abs(count - 1000)).toBeLessThan(150);
  const popular = popularityNegatives(positives, 1);
  // counts + 1: 3, 2, 3, 2
  const seen = counts(() => popular.draw(2, rng));
  for (const [item, share] of [0.3, 0.2, 0.3, 0.2].entries()) {
    expect(Math.abs(seen[item]! / 4000 - share)).toBeLessThan(0.03);
    expect(popular.logQ(item)).toBeCloseTo(Math.log(share), 6);
  }
});

it('finds the last item left by looking', () => {
  const crowded = csrFromTriplets(
    1,
    5000,
    new Int32Array(4999),
    Int32Array.from({ length: 4999 }, (_, k) => (k < 1234 ? k : k + 1)),
    new Float32Array(4999).fill(1),
  );
  expect(uniformNegatives(crowded).draw(0, createRng(3))).toBe(1234);
});

it('shuffles every number once, the same for the same seed', () => {
  const order = shuffled(100, createRng(4));
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, k) => k));
  expect(order).toEqual(shuffled(100, createRng(4)));
});

it('leaves examples of a user who took everything without negatives', () => {
  const data = tiny(2, 2, [
    [0, 0],
    [0, 1],
    [1, 0],
  ]);
  const { batch } = pointwiseExamples(data, { task: 'classification', negatives: 1 });
  const { users, items, targets } = batch(Int32Array.of(0, 1, 2), createRng(1));
  expect([...users]).toEqual([0, 0, 1, 1]);
  expect([...items]).toEqual([0, 1, 0, 1]);
  expect([...targets]).toEqual([1, 1, 1, 0]);
});
