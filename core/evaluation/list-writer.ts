import type { ItemList, Ragged } from '../spi/index.ts';
import { type Cases, worthOf } from './cases.ts';
import { createSelector, MASKED, RELEVANT } from './rank.ts';

/** Every case's list, at most `width` long: row u is `items[u * width .. u * width + lengths[u])`. */
export interface Lists {
  readonly width: number;
  readonly lengths: Uint32Array;
  readonly items: Int32Array;
  /** 1 where the item is relevant to the case. */
  readonly hits: Uint8Array;
}

/** Stands in the list already. */
const PLACED = 4;

/** Marks one case's relevant and masked items at a time, and what finding the relevant ones is worth. */
const createMarker = (itemCount: number, cases: Cases) => {
  const marks = new Uint8Array(itemCount);
  const grades = new Float32Array(itemCount);
  return {
    marks,
    grades,
    with: (c: number, run: () => void): void => {
      const { offsets, values } = cases.relevant;
      for (let k = offsets[c]!; k < offsets[c + 1]!; k++) grades[values[k]!] = worthOf(cases.grades[k]!);
      fill(marks, cases.masked, c, MASKED);
      fill(marks, cases.relevant, c, RELEVANT);
      run();
      fill(marks, cases.masked, c, 0);
      fill(marks, cases.relevant, c, 0);
    },
  };
};

const fill = (marks: Uint8Array, { offsets, values }: Ragged, row: number, mark: number): void => {
  for (let k = offsets[row]!, to = offsets[row + 1]!; k < to; k++) marks[values[k]!] = mark;
};

export type ListWriter = ReturnType<typeof createListWriter>;

/** Fills `lists` case by case. */
export const createListWriter = (lists: Lists, cases: Cases, itemCount: number) => {
  const marker = createMarker(itemCount, cases);
  const { width } = lists;
  const { marks, grades } = marker;
  const selector = createSelector(width);
  const placed = new Int32Array(width);
  const put = (c: number, items: Int32Array, size: number): void => {
    lists.lengths[c] = size;
    for (let p = 0; p < size; p++) {
      lists.items[c * width + p] = items[p]!;
      lists.hits[c * width + p] = marks[items[p]!]! & RELEVANT;
    }
  };
  return {
    /** From scores of candidates `from .. to`. */
    rank: (c: number, scores: Float32Array, from: number, to: number, candidates?: Int32Array): void =>
      marker.with(c, () => put(c, selector.items, selector.select(scores, from, to, marks, grades, candidates))),
    /** From a list in its order: only within equal scores do the relevant items come last. */
    list: (c: number, list: ItemList): void =>
      marker.with(c, () => put(c, placed, pessimistic(list, placed, marks, grades))),
  };
};

/**
 * Writes the list to `placed`, each run of equal scores with its relevant items last, those worth most at the very end;
 * masked items, repeated items and NaN scores are passed over. Returns how many places are filled.
 */
const pessimistic = (
  { items, scores }: ItemList,
  placed: Int32Array,
  marks: Uint8Array,
  grades: Float32Array,
): number => {
  let size = 0;
  const put = (item: number): void => {
    if (size === placed.length || (marks[item]! & PLACED) !== 0) return;
    marks[item]! |= PLACED;
    placed[size++] = item;
  };
  for (let start = 0; start < items.length && size < placed.length; ) {
    let end = start + 1;
    while (end < items.length && scores[end] === scores[start]) end++;
    const run = items.subarray(start, Number.isNaN(scores[start]) ? start : end);
    for (const item of run) if (marks[item] === 0) put(item);
    for (const item of run.filter((item) => marks[item] === RELEVANT).sort((a, b) => grades[a]! - grades[b]!))
      put(item);
    start = end;
  }
  for (let p = 0; p < size; p++) marks[placed[p]!]! &= ~PLACED;
  return size;
};
