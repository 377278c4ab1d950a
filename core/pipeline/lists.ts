import { limitOf } from '../data/index.ts';
import type { ItemList, Limits } from '../spi/index.ts';
import { RecographError } from '../spi/index.ts';

export const EMPTY: ItemList = { items: new Int32Array(0), scores: new Float32Array(0) };

export const emptyLists = (count: number): ItemList[] => Array.from({ length: count }, () => EMPTY);

export const head = (list: ItemList, n: number): ItemList =>
  list.items.length <= n ? list : { items: list.items.slice(0, n), scores: list.scores.slice(0, n) };

/** Scores descending, then items ascending. Places of the entries in that order. */
export const rankedOrder = (items: ArrayLike<number>, scores: ArrayLike<number>): Uint32Array =>
  Uint32Array.from({ length: items.length }, (_, k) => k).sort(
    (a, b) => scores[b]! - scores[a]! || items[a]! - items[b]!,
  );

export const ranked = (items: Int32Array, scores: Float32Array): ItemList => {
  const order = rankedOrder(items, scores);
  return {
    items: Int32Array.from(order, (place) => items[place]!),
    scores: Float32Array.from(order, (place) => scores[place]!),
  };
};

/**
 * What a component gave, held to the contract of `ItemList`: allowed items below `bound`, none twice, finite scores.
 * Throws INTERNAL when the component answered another number of queries than it was asked.
 */
export const cleanLists = (
  lists: readonly ItemList[],
  asked: { size: number; bound: number; limits: Limits },
): ItemList[] => {
  if (lists.length !== asked.size) {
    throw new RecographError('INTERNAL', `It gave ${lists.length} lists for ${asked.size} queries.`);
  }
  return lists.map((list, q) => cleanList(list, asked.bound, limitOf(asked.limits, q)));
};

/** Keeps the order of a list that is in order; sorts one that is not. */
const cleanList = (list: ItemList, bound: number, allowed: (item: number) => boolean): ItemList => {
  const places = keptPlaces(list, bound, allowed);
  const items = Int32Array.from(places, (place) => list.items[place]!);
  const scores = Float32Array.from(places, (place) => list.scores[place]!);
  for (let k = 1; k < items.length; k++) {
    if (scores[k]! > scores[k - 1]! || (scores[k] === scores[k - 1] && items[k]! < items[k - 1]!)) {
      return ranked(items, scores);
    }
  }
  return { items, scores };
};

/**
 * What a stage gave: its order is kept, and where its scores rise they are lowered to the score before, so that
 * scores never increase along a list.
 */
export const cleanOrder = (list: ItemList, bound: number, allowed: (item: number) => boolean): ItemList => {
  const places = keptPlaces(list, bound, allowed);
  const scores = new Float32Array(places.length);
  for (let k = 0; k < places.length; k++) {
    const score = list.scores[places[k]!]!;
    scores[k] = k > 0 && score > scores[k - 1]! ? scores[k - 1]! : score;
  }
  return { items: Int32Array.from(places, (place) => list.items[place]!), scores };
};

const keptPlaces = (list: ItemList, bound: number, allowed: (item: number) => boolean): number[] => {
  const taken = new Set<number>();
  const places: number[] = [];
  for (let k = 0; k < list.items.length; k++) {
    const item = list.items[k]!;
    if (!Number.isFinite(list.scores[k]!) || item < 0 || item >= bound || taken.has(item) || !allowed(item)) continue;
    taken.add(item);
    places.push(k);
  }
  return places;
};
