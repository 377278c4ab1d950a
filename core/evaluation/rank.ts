/** Marks of an item while one user's candidates are ranked. */
export const RELEVANT = 1;
export const MASKED = 2;

/** Places filled by the last call of `select`: `items[0 .. size)`, `scores[0 .. size)`, best first. */
export interface Selector {
  readonly items: Int32Array;
  readonly scores: Float32Array;
  /**
   * Ranks `scores[from .. to)`: candidate c is item `candidates[c]`, without `candidates` item `c - from`.
   * `grades`: what finding each relevant item is worth. Returns how many places are filled.
   */
  select(
    scores: Float32Array,
    from: number,
    to: number,
    marks: Uint8Array,
    grades: Float32Array,
    candidates?: Int32Array,
  ): number;
}

/**
 * The k best: by score, descending; at equal scores items that are not marked RELEVANT first, then by grade and by item,
 * ascending.
 * So a relevant item's rank is 1 + the others scoring at least as much + the relevant ones before it, and a model
 * of constant scores gains nothing. MASKED items and NaN scores never stand in the list. A bounded heap with its worst
 * place on top: O(n + k log k log n) for scores in no particular order.
 */
export const createSelector = (k: number): Selector => {
  const items = new Int32Array(k);
  const scores = new Float32Array(k);
  let size = 0;
  let marks: Uint8Array = new Uint8Array(0);
  let grades: Float32Array = new Float32Array(0);

  const worse = (scoreA: number, itemA: number, scoreB: number, itemB: number): boolean => {
    if (scoreA !== scoreB) return scoreA < scoreB;
    const relevance = (marks[itemA]! & RELEVANT) - (marks[itemB]! & RELEVANT);
    if (relevance !== 0) return relevance > 0;
    const grade = (marks[itemA]! & RELEVANT) === 0 ? 0 : grades[itemA]! - grades[itemB]!;
    return grade === 0 ? itemA > itemB : grade > 0;
  };

  const siftDown = (score: number, item: number, end: number): void => {
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= end) break;
      if (child + 1 < end && worse(scores[child + 1]!, items[child + 1]!, scores[child]!, items[child]!)) child++;
      if (!worse(scores[child]!, items[child]!, score, item)) break;
      scores[hole] = scores[child]!;
      items[hole] = items[child]!;
      hole = child;
    }
    scores[hole] = score;
    items[hole] = item;
  };

  const push = (score: number, item: number): void => {
    let hole = size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!worse(score, item, scores[parent]!, items[parent]!)) break;
      scores[hole] = scores[parent]!;
      items[hole] = items[parent]!;
      hole = parent;
    }
    scores[hole] = score;
    items[hole] = item;
  };

  return {
    items,
    scores,
    select: (all, from, to, ofItems, ofRelevant, candidates) => {
      marks = ofItems;
      grades = ofRelevant;
      size = 0;
      let c = from;
      for (; c < to && size < k; c++) {
        const item = candidates ? candidates[c]! : c - from;
        if (all[c] === all[c] && (marks[item]! & MASKED) === 0) push(all[c]!, item);
      }
      let threshold = size > 0 ? scores[0]! : Number.NEGATIVE_INFINITY;
      for (; c < to; c++) {
        const score = all[c]!;
        if (!(score >= threshold)) continue;
        const item = candidates ? candidates[c]! : c - from;
        if ((marks[item]! & MASKED) !== 0 || !worse(scores[0]!, items[0]!, score, item)) continue;
        siftDown(score, item, size);
        threshold = scores[0]!;
      }
      for (let end = size - 1; end > 0; end--) {
        const score = scores[end]!;
        const item = items[end]!;
        scores[end] = scores[0]!;
        const best = items[0]!;
        items[end] = best;
        siftDown(score, item, end);
      }
      return size;
    },
  };
};
