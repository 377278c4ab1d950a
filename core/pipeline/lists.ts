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
  const places = keptPlaces(list, bound, allowed);
  const clean = places.length === list.items.length ? list : take(list, places);
  const { items, scores } = clean;
  for (let k = 1; k < items.length; k++) {
    if (scores[k]! > scores[k - 1]! || (scores[k] === scores[k - 1] && items[k]! < items[k - 1]!)) {
      return ranked(items, scores);
    }
  }
  return clean;
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

/** Good until the next call. */
const keptPlaces = (list: ItemList, bound: number, allowed: (item: number) => boolean): Int32Array => {
  const { items, scores } = list;
  if (marks.length < bound) marks = new Uint8Array(bound);
  if (kept.length < items.length) kept = new Int32Array(2 * items.length);
  let size = 0;
  for (let place = 0; place < items.length; place++) {
    const item = items[place]!;
    if (item < 0 || item >= bound || marks[item] === 1 || !Number.isFinite(scores[place]!) || !allowed(item)) continue;
    marks[item] = 1;
    kept[size++] = place;
  }
  for (let k = 0; k < size; k++) marks[items[kept[k]!]!] = 0;
  return kept.subarray(0, size);
};

/** Which items a list holds already; zeros between two lists. */
let marks = new Uint8Array(0);
let kept = new Int32Array(0);
