import type { Dataset, Rng } from '../../spi/index.ts';

/**
 * Draws a user's negatives without replacement, never an item that `excluded` marks: uniformly, or each next one in
 * proportion to its positives in train. Gives all that are left where fewer are.
 */
export type NegativeSampler = (rng: Rng, count: number, excluded: Uint8Array) => Int32Array;

/** Rejected draws for one wanted negative, before the rest is drawn exactly. */
const PATIENCE = 20;

export const createNegativeSampler = (train: Dataset, by: 'uniform' | 'popularity'): NegativeSampler => {
  const itemCount = train.items.size;
  const weights = new Float64Array(itemCount).fill(1);
  if (by === 'popularity') {
    const { offsets } = train.positivesByItem();
    for (let i = 0; i < itemCount; i++) weights[i] = offsets[i + 1]! - offsets[i]!;
  }
  const cumulative = new Float64Array(itemCount);
  let total = 0;
  for (let i = 0; i < itemCount; i++) cumulative[i] = total += weights[i]!;
  const draw =
    by === 'uniform' ? (rng: Rng) => rng.int(itemCount) : (rng: Rng) => place(cumulative, rng.next() * total);

  return (rng, count, excluded) => {
    const taken = new Set<number>();
    for (let tries = count * PATIENCE; tries > 0 && total > 0 && taken.size < count; tries--) {
      const item = draw(rng);
      if (excluded[item] === 0) taken.add(item);
    }
    if (taken.size < count) drawRest(rng, count, excluded, weights, taken);
    return Int32Array.from(taken).sort();
  };
};

/** First place whose cumulative weight exceeds `target`. */
const place = (cumulative: Float64Array, target: number): number => {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! > target) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** Successive weighted draws in one pass: the largest ln(u) / weight come first (Efraimidis & Spirakis 2006). */
const drawRest = (rng: Rng, count: number, excluded: Uint8Array, weights: Float64Array, taken: Set<number>): void => {
  const keys: { item: number; key: number }[] = [];
  for (let item = 0; item < weights.length; item++) {
    if (excluded[item] !== 0 || weights[item] === 0 || taken.has(item)) continue;
    keys.push({ item, key: Math.log(1 - rng.next()) / weights[item]! });
  }
  keys.sort((a, b) => b.key - a.key || a.item - b.item);
  for (const { item } of keys.slice(0, count - taken.size)) taken.add(item);
};
