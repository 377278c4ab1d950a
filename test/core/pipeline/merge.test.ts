import fc from 'fast-check';
import { expect, it } from 'vitest';
import { merge } from '../../../core/pipeline/index.ts';

const list = (entries: Record<number, number>) => {
  const sorted = Object.entries(entries).sort(([a, x], [b, y]) => y - x || Number(a) - Number(b));
  return { items: Int32Array.from(sorted, ([i]) => Number(i)), scores: Float32Array.from(sorted, ([, s]) => s) };
};
const a = list({ 1: 10, 2: 6, 3: 2 });
const b = list({ 3: 0.9, 4: 0.5, 2: 0.1 });

it('weighted: adds min-max scaled scores times weight', () => {
  // a: 1 -> 1, 2 -> .5, 3 -> 0; b: 3 -> 1, 4 -> .5, 2 -> 0; weights 1 and 0.5
  const merged = merge('weighted', [a, b], [1, 0.5]);
  expect([...merged.items]).toEqual([1, 2, 3, 4]);
  expect([...merged.scores]).toEqual([1, 0.5, 0.5, 0.25]);
  expect([...merged.sources]).toEqual([0b01, 0b11, 0b11, 0b10]);
});

it('weighted: equal scores in one list all count as the best', () => {
  expect([...merge('weighted', [list({ 5: 2, 6: 2 })], [3]).scores]).toEqual([3, 3]);
});

it('reciprocal-rank: adds weight / (60 + rank)', () => {
  const merged = merge('reciprocal-rank', [a, b], [1, 2]);
  // 3: 1/63 + 2/61, 2: 1/62 + 2/63, 4: 2/62, 1: 1/61
  expect([...merged.items]).toEqual([3, 2, 4, 1]);
  const expected = [1 / 63 + 2 / 61, 1 / 62 + 2 / 63, 2 / 62, 1 / 61];
  merged.scores.forEach((score, k) => {
    expect(score).toBeCloseTo(expected[k]!, 7);
  });
});

it('mixed: sources take turns by weight, an item once', () => {
  const long = list({ 10: 9, 11: 8, 12: 7, 13: 6 });
  // weights 2 : 1, credits (2,1) -> a; (1,2) -> b; (3,0) -> a; a is spent, b goes on
  expect([...merge('mixed', [list({ 1: 2, 2: 1 }), long], [2, 1]).items]).toEqual([1, 10, 2, 11, 12, 13]);
  expect([...merge('mixed', [a, a], [1, 1]).items]).toEqual([1, 2, 3]);
  expect([...merge('mixed', [a, a], [1, 1]).sources]).toEqual([3, 3, 3]);
});

it('switching: the first source that gives anything', () => {
  const merged = merge('switching', [list({}), b, a], [1, 1, 1]);
  expect([...merged.items]).toEqual([3, 4, 2]);
  expect([...merged.sources]).toEqual([2, 2, 2]);
});

const lists = fc.array(
  fc
    .uniqueArray(fc.nat(20), { maxLength: 8 })
    .chain((items) => fc.tuple(fc.constant(items), fc.array(fc.nat(5), { minLength: 8, maxLength: 8 })))
    .map(([items, scores]) => list(Object.fromEntries(items.map((item, k) => [item, scores[k]!])))),
  { minLength: 1, maxLength: 4 },
);

it('every merge lists each item of its sources once, scores never rising, ties by item', () => {
  fc.assert(
    fc.property(lists, fc.constantFrom('weighted', 'reciprocal-rank', 'mixed'), (sources, how) => {
      const merged = merge(
        how as 'mixed',
        sources,
        sources.map((_, s) => s + 1),
      );
      const union = new Set(sources.flatMap((source) => [...source.items]));
      expect(new Set(merged.items)).toEqual(union);
      expect(merged.items.length).toBe(union.size);
      for (let k = 1; k < merged.items.length; k++) {
        const [before, after] = [merged.scores[k - 1]!, merged.scores[k]!];
        expect(before > after || (before === after && merged.items[k - 1]! < merged.items[k]!)).toBe(true);
      }
      merged.items.forEach((item, k) => {
        const mask = sources.reduce((bits, source, s) => bits | (source.items.includes(item) ? 1 << s : 0), 0);
        expect(merged.sources[k]).toBe(mask);
      });
    }),
    { numRuns: 200 },
  );
});

it('the n best, asked for alone, are the first n of the whole list with their scores and sources', () => {
  fc.assert(
    fc.property(lists, fc.constantFrom('weighted', 'reciprocal-rank'), fc.nat(5), (sources, how, n) => {
      const weights = sources.map((_, s) => s + 1);
      const whole = merge(how as 'weighted', sources, weights);
      const best = merge(how as 'weighted', sources, weights, n);
      expect(best.items.length).toBeGreaterThanOrEqual(Math.min(n, whole.items.length));
      const size = Math.min(n, whole.items.length);
      expect(best.items.slice(0, size)).toEqual(whole.items.slice(0, size));
      expect(best.scores.slice(0, size)).toEqual(whole.scores.slice(0, size));
      expect(best.sources.slice(0, size)).toEqual(whole.sources.slice(0, size));
    }),
    { numRuns: 500 },
  );
});
