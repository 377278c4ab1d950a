import type { ItemList, Stage } from 'recograph';
import { categoryLikeness, type Likeness, vectorLikeness } from './likeness.ts';

export interface MmrConfig {
  readonly vectors?: string | undefined;
  readonly lambda: number;
  readonly depth: number;
}

export const createMmr = ({ vectors, lambda, depth }: MmrConfig): Stage => ({
  diversifies: true,
  run: (lists, context) => {
    const likenessOf = vectors === undefined ? categoryLikeness(context) : vectorLikeness(context.vectors(vectors));
    return lists.map((list, q) => {
      const asked = context.diversity[q]!;
      const own = asked === asked ? 1 - asked : lambda;
      return diversified(list, own, Math.max(depth, context.n[q]!), context.n[q]!, likenessOf);
    });
  },
});

/**
 * Greedy argmax of lambda * relevance(i) - (1 - lambda) * max over chosen j of likeness(i, j) (Carbonell & Goldstein
 * 1998). Relevance: scores scaled to 0..1 over the first `depth`; likeness: 0..1, 0 to nothing chosen. The value of
 * a choice is its new score; at equal values the earlier of the list is chosen. Such values never rise, because
 * likeness to what is chosen only grows. What is not chosen keeps its order behind, scored as if it were a copy of
 * something chosen. O(picks * depth) comparisons, each pair's likeness computed once.
 */
const diversified = (
  list: ItemList,
  lambda: number,
  depth: number,
  picks: number,
  likenessOf: (items: Int32Array) => Likeness,
): ItemList => {
  const size = list.items.length;
  const reach = Math.min(depth, size);
  if (reach < 2) return list;
  const likeness = likenessOf(list.items.subarray(0, reach));
  const best = list.scores[0]!;
  const range = best - list.scores[reach - 1]!;
  const relevance = Float64Array.from(list.scores, (score) => (range > 0 ? 1 - (best - score) / range : 1));
  const nearest = new Float64Array(reach);
  const chosen = new Uint8Array(size);
  const items = new Int32Array(size);
  const scores = new Float32Array(size);
  const count = Math.min(picks, reach);
  for (let place = 0; place < count; place++) {
    let pick = -1;
    let value = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < reach; k++) {
      if (chosen[k] === 1) continue;
      const marginal = Math.fround(lambda * relevance[k]! - (1 - lambda) * nearest[k]!);
      if (marginal > value) {
        pick = k;
        value = marginal;
      }
    }
    chosen[pick] = 1;
    items[place] = list.items[pick]!;
    scores[place] = value;
    for (let k = 0; k < reach; k++) {
      if (chosen[k] === 0) nearest[k] = Math.max(nearest[k]!, likeness(pick, k));
    }
  }
  let place = count;
  for (let k = 0; k < size; k++) {
    if (chosen[k] === 1) continue;
    items[place] = list.items[k]!;
    scores[place++] = lambda * relevance[k]! - (1 - lambda);
  }
  return { items, scores };
};
