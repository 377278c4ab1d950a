import type { Rng } from 'recograph';

/** Draws a place with probability exp(utility) / sum of exp(utilities): the multinomial logit (McFadden 1974). */
export const choose = (utilities: readonly number[], rng: Rng): number => {
  const top = Math.max(...utilities);
  const weights = utilities.map((utility) => Math.exp(utility - top));
  let left = rng.next() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [place, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return place;
  }
  return weights.length - 1;
};

/** The n places with the largest values, best first. */
export const best = (values: readonly number[], n: number): number[] =>
  [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b).slice(0, n);

/**
 * How close a list is to the best there could be: what its items are worth together, divided by what the n most valuable
 * ones would be. 1 = the optimum.
 */
export const shareOfOptimum = (list: readonly number[], values: readonly number[], n: number): number => {
  const worth = (places: readonly number[]) => places.reduce((sum, place) => sum + values[place]!, 0);
  return worth(list.slice(0, n)) / worth(best(values, n));
};

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
