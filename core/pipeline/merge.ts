import { topK } from '../math/index.ts';
import type { PipelineConfig } from '../registry/sections/pipeline.ts';
import type { ItemList } from '../spi/index.ts';
import { take } from './lists.ts';
import { meanRank, rankedOrder } from './ranked-order.ts';

/** One query's candidates: a ranked list, and which sources gave each item (bit s = source s). */
export interface Merged extends ItemList {
  readonly sources: Uint32Array;
}

/** The constant that flattens the difference between the first ranks (Cormack, Clarke and Buettcher 2009). */
const RANK_CONSTANT = 60;

/**
 * One query's lists made into one, no item twice, ties in ascending item order.
 * weighted: sum over sources of weight * (s - min) / (max - min), the range taken over that source's list (1 where
 * it is empty). reciprocal-rank: sum of weight / (60 + rank), equal scores sharing the mean of their ranks. mixed:
 * sources take turns in proportion to their weights, an item's score is 1 / position. switching: the first list that is
 * not empty, as it is. Whoever needs no more than the `n` best may get no more.
 */
export const merge = (
  how: PipelineConfig['merge'],
  lists: readonly ItemList[],
  weights: readonly number[],
  n = Number.POSITIVE_INFINITY,
): Merged => {
  switch (how) {
    case 'weighted':
      return summed(lists, n, ({ scores }, s, out) => {
        const worst = scores[scores.length - 1]!;
        const range = scores[0]! - worst;
        for (let k = 0; k < scores.length; k++) out[k] = weights[s]! * (range > 0 ? (scores[k]! - worst) / range : 1);
      });
    case 'reciprocal-rank':
      return summed(lists, n, ({ scores }, s, out) => {
        for (let from = 0, to = 0; from < scores.length; from = to) {
          while (to < scores.length && scores[to] === scores[from]) to++;
          out.fill(weights[s]! / (RANK_CONSTANT + meanRank(from, to)), from, to);
        }
      });
    case 'mixed':
      return mixed(lists, weights);
    case 'switching': {
      const s = lists.findIndex((list) => list.items.length > 0);
      const list = lists[Math.max(s, 0)]!;
      return { ...list, sources: new Uint32Array(list.items.length).fill((1 << Math.max(s, 0)) >>> 0) };
    }
  }
};

/** Writes what each entry of a source's list adds to its item's score. */
type Contributions = (list: ItemList, source: number, out: Float64Array) => void;

/** Where a list is so many times as long as what is wanted of it, the best are picked, else all are sorted. */
const FEW = 4;

const summed = (lists: readonly ItemList[], n: number, contributions: Contributions): Merged => {
  let total = 0;
  for (const list of lists) total += list.items.length;
  const places = placesOfItems(lists);
  const { items, scores, sums, sources, added } = sumsOf(total);
  let size = 0;
  for (let s = 0; s < lists.length; s++) {
    const list = lists[s]!;
    contributions(list, s, added);
    for (let k = 0; k < list.items.length; k++) {
      const item = list.items[k]!;
      let place = places[item]! - 1;
      if (place < 0) {
        place = size++;
        places[item] = size;
        items[place] = item;
        sums[place] = 0;
        sources[place] = 0;
      }
      sums[place]! += added[k]!;
      sources[place]! |= 1 << s;
    }
  }
  for (let place = 0; place < size; place++) scores[place] = sums[place]!;
  const merged = { items, scores: scores.subarray(0, size), sources };
  const best = n * FEW <= size ? bestOf(merged, n, places) : takeMerged(merged, rankedOrder(items, merged.scores));
  for (let place = 0; place < size; place++) places[items[place]!] = 0;
  return best;
};

/** The n best, as `rankedOrder` would order them; `places` as in `placesOfItems`. */
const bestOf = ({ items, scores, sources }: Merged, n: number, places: Uint32Array): Merged => {
  const best = topK(scores, n, items);
  const masks = new Uint32Array(best.items.length);
  for (let k = 0; k < masks.length; k++) masks[k] = sources[places[best.items[k]!]! - 1]!;
  return { ...best, sources: masks };
};

const newSums = (total: number) => ({
  items: new Int32Array(total),
  scores: new Float32Array(total),
  sums: new Float64Array(total),
  sources: new Uint32Array(total),
  added: new Float64Array(total),
});

/** Kept from query to query. */
let kept = newSums(0);
const sumsOf = (total: number) => {
  if (kept.items.length < total) kept = newSums(2 * total);
  return kept;
};

let scratch = new Uint32Array(0);

/** For each item one more than its place, 0 = none yet. Whoever takes it leaves zeros behind: an array beats a map. */
const placesOfItems = (lists: readonly ItemList[]): Uint32Array => {
  let greatest = -1;
  for (const { items } of lists) for (let k = 0; k < items.length; k++) greatest = Math.max(greatest, items[k]!);
  if (scratch.length <= greatest) scratch = new Uint32Array(greatest + 1);
  return scratch;
};

/** The entries at these places. */
export const takeMerged = (merged: Merged, places: ArrayLike<number>): Merged => {
  const sources = new Uint32Array(places.length);
  for (let k = 0; k < places.length; k++) sources[k] = merged.sources[places[k]!]!;
  return { ...take(merged, places), sources };
};

/**
 * Smooth weighted round robin: every turn each source that still has something gains its weight, the one with most
 * takes the turn (the earlier one on a tie) and pays the sum of the weights.
 */
const mixed = (lists: readonly ItemList[], weights: readonly number[]): Merged => {
  const masks = new Map<number, number>();
  lists.forEach((list, s) => {
    for (const item of list.items) masks.set(item, (masks.get(item) ?? 0) | (1 << s));
  });
  const taken = new Set<number>();
  const cursors = lists.map(() => 0);
  const credits = lists.map(() => 0);
  const items = new Int32Array(masks.size);
  for (let turn = 0; turn < items.length; turn++) {
    let chosen = -1;
    let total = 0;
    for (let s = 0; s < lists.length; s++) {
      const list = lists[s]!.items;
      while (cursors[s]! < list.length && taken.has(list[cursors[s]!]!)) cursors[s]!++;
      if (cursors[s] === list.length) continue;
      credits[s]! += weights[s]!;
      total += weights[s]!;
      if (chosen < 0 || credits[s]! > credits[chosen]!) chosen = s;
    }
    credits[chosen]! -= total;
    items[turn] = lists[chosen]!.items[cursors[chosen]!]!;
    taken.add(items[turn]!);
  }
  return {
    items,
    scores: Float32Array.from(items, (_, k) => 1 / (k + 1)),
    sources: Uint32Array.from(items, (item) => masks.get(item)! >>> 0),
  };
};
