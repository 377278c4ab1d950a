import { limitOf } from '../data/index.ts';
import type { ItemList, Limits } from '../spi/index.ts';
import { RecographError } from '../spi/index.ts';
import { rankedOrder } from './ranked-order.ts';

export const EMPTY: ItemList = { items: new Int32Array(0), scores: new Float32Array(0) };

export const emptyLists = (count: number): ItemList[] => Array.from({ length: count }, () => EMPTY);

export const head = (list: ItemList, n: number): ItemList =>
  list.items.length <= n ? list : { items: list.items.slice(0, n), scores: list.scores.slice(0, n) };

/** The entries of a list at these places. */
export const take = (list: ItemList, places: ArrayLike<number>): ItemList => {
  const items = new Int32Array(places.length);
  const scores = new Float32Array(places.length);
  for (let k = 0; k < places.length; k++) {
    items[k] = list.items[places[k]!]!;
    scores[k] = list.scores[places[k]!]!;
  }
  return { items, scores };
};

/** A list's places that pass, ascending. */
export const placesWhere = (length: number, passes: (place: number) => boolean): Int32Array => {
  const places = new Int32Array(length);
  let size = 0;
  for (let place = 0; place < length; place++) if (passes(place)) places[size++] = place;
  return places.subarray(0, size);
};

export const ranked = (items: Int32Array, scores: Float32Array): ItemList =>
  take({ items, scores }, rankedOrder(items, scores));

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
  const kept = take(list, keptPlaces(list, bound, allowed));
  const { items, scores } = kept;
  for (let k = 1; k < items.length; k++) {
    if (scores[k]! > scores[k - 1]! || (scores[k] === scores[k - 1] && items[k]! < items[k - 1]!)) {
      return ranked(items, scores);
    }
  }
  return kept;
};

/**
 * What a stage gave: its order is kept, and where its scores rise they are lowered to the score before, so that
 * scores never increase along a list.
 */
export const cleanOrder = (list: ItemList, bound: number, allowed: (item: number) => boolean): ItemList => {
  const { items, scores } = take(list, keptPlaces(list, bound, allowed));
  for (let k = 1; k < scores.length; k++) if (scores[k]! > scores[k - 1]!) scores[k] = scores[k - 1]!;
  return { items, scores };
};

const keptPlaces = (list: ItemList, bound: number, allowed: (item: number) => boolean): Int32Array => {
  const { items, scores } = list;
  if (marks.length < bound) marks = new Uint8Array(bound);
  const places = placesWhere(items.length, (place) => {
    const item = items[place]!;
    if (!Number.isFinite(scores[place]!) || item < 0 || item >= bound || marks[item] === 1 || !allowed(item))
      return false;
    marks[item] = 1;
    return true;
  });
  for (let k = 0; k < places.length; k++) marks[items[places[k]!]!] = 0;
  return places;
};

/** Which items a list holds already; zeros between two lists. */
let marks = new Uint8Array(0);
