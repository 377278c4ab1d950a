import type { ItemList, Rng, Stage } from 'recograph';
import { createRng } from 'recograph/math';
import { type Count, countOf, keptCounts } from './counts.ts';

export interface EpsilonGreedyConfig {
  readonly epsilon: number;
  readonly explore: 'least-shown' | 'optimistic';
  readonly rewards?: readonly string[] | undefined;
  readonly state: string;
}

export const createEpsilonGreedy = ({ epsilon, explore, rewards, state }: EpsilonGreedyConfig): Stage => {
  const worth =
    explore === 'least-shown'
      ? ({ shown }: Count) => -shown
      : (count: Count) => (count.rewards + 1) / (count.shown + 1);
  return {
    keeps: keptCounts(state, rewards),
    run: (lists, context) => {
      const counts = context.queries.extra[state];
      return lists.map((list, q) => {
        const rng = createRng(context.queries.seeds[q]!).fork(state);
        return explored(list, context.n[q]!, epsilon, rng, (item) => worth(countOf(counts, context.id(item))));
      });
    },
  };
};

/**
 * With probability epsilon a slot goes to the most worthy candidate from beyond the first n, equal ones drawn at
 * random, and the rest moves down; the candidate takes the score of what it moved, so that scores never rise.
 */
const explored = (
  list: ItemList,
  n: number,
  epsilon: number,
  rng: Rng,
  worthOf: (item: number) => number,
): ItemList => {
  const slots = Math.min(n, list.items.length);
  const tail = Array.from(list.items.subarray(slots));
  let worths: number[] | undefined;
  const items: number[] = [];
  const scores: number[] = [];
  let next = 0;
  for (let slot = 0; slot < slots; slot++) {
    if (tail.length === 0 || rng.next() >= epsilon) {
      items.push(list.items[next]!);
      scores.push(list.scores[next++]!);
      continue;
    }
    worths ??= tail.map(worthOf);
    const chosen = drawBest(worths, rng);
    worths.splice(chosen, 1);
    items.push(tail.splice(chosen, 1)[0]!);
    scores.push(list.scores[next]!);
  }
  if (next === slots) return list;
  const promoted = new Set(items);
  for (; next < list.items.length; next++) {
    if (promoted.has(list.items[next]!)) continue;
    items.push(list.items[next]!);
    scores.push(list.scores[next]!);
  }
  return { items: Int32Array.from(items), scores: Float32Array.from(scores) };
};

/** The place of the greatest value, each of equal ones with the same probability. */
const drawBest = (values: readonly number[], rng: Rng): number => {
  let best = 0;
  let ties = 1;
  for (let k = 1; k < values.length; k++) {
    if (values[k]! > values[best]!) {
      best = k;
      ties = 1;
    } else if (values[k] === values[best]) {
      ties++;
      if (rng.int(ties) === 0) best = k;
    }
  }
  return best;
};
