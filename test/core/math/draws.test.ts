import { countDraws, createRng } from 'recograph/math';
import { expect, it } from 'vitest';

it('draws each index about equally often, as many times as there are, and goes on where it stopped', () => {
  const rng = createRng(3);
  const totals = new Float64Array(10);
  const times = new Float64Array(10);
  const rounds = new Set<string>();
  for (let round = 0; round < 2000; round++) {
    countDraws(rng, times);
    expect(times.reduce((sum, count) => sum + count, 0)).toBe(10);
    rounds.add(times.join());
    times.forEach((count, index) => {
      totals[index]! += count;
    });
  }
  // 2,000 draws expected an index, standard deviation 42
  for (const total of totals) expect(Math.abs(total - 2000)).toBeLessThan(5 * 42);
  expect(rounds.size).toBeGreaterThan(1900);
});

it('draws the same from equal seeds', () => {
  const [a, b] = [new Float64Array(100), new Float64Array(100)];
  countDraws(createRng(7), a);
  countDraws(createRng(7), b);
  expect(a).toEqual(b);
});
