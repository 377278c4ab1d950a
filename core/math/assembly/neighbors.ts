import { push, replace, sortHeap } from './select';

/**
 * For each row r of `first`, the k rows s with the greatest first(r) . second(s), by sparse products: `first` is
 * compressed by row, `second` by column, [columns x width]. A similarity over n common columns is multiplied by
 * n / (n + shrinkage). `self[r]` never stands in r's list. Lists: k places a row in `items` and `scores`, best first,
 * equal scores by ascending row; `sizes[r]` of them are filled. Tasks are rows.
 * Scratch: width f64 sums, and width u32 counts when shrinkage > 0.
 */
export function nearestRows(
  begin: i32,
  end: i32,
  scratch: usize,
  firstOffsets: usize,
  firstIndices: usize,
  firstValues: usize,
  offsets: usize,
  indices: usize,
  values: usize,
  width: i32,
  self: usize,
  k: i32,
  shrinkage: f64,
  items: usize,
  scores: usize,
  sizes: usize,
): void {
  const sums = scratch;
  const counts: usize = shrinkage > 0 ? scratch + (<usize>width << 3) : 0;
  memory.fill(scratch, 0, <usize>width * (counts ? 12 : 8));
  for (let row = begin; row < end; row++) {
    const from = load<u32>(firstOffsets + (<usize>row << 2));
    const to = load<u32>(firstOffsets + (<usize>row << 2), 4);
    let visited: u32 = 0;
    for (let i = from; i < to; i++) {
      const column = <usize>load<u32>(firstIndices + (<usize>i << 2));
      const start = load<u32>(offsets + (column << 2));
      const stop = load<u32>(offsets + (column << 2), 4);
      const value = <f64>load<f32>(firstValues + (<usize>i << 2));
      accumulate(sums, indices, values, value, start, stop);
      if (counts) count(counts, indices, start, stop);
      visited += stop - start;
    }
    const own = load<i32>(self + (<usize>row << 2));
    const listItems = items + <usize>row * (<usize>k << 2);
    const listScores = scores + <usize>row * (<usize>k << 2);
    let size = 0;
    if (visited > <u32>width >> 2) {
      for (let other = 0; other < width; other++) {
        size = take(sums, counts, other, own, k, shrinkage, listItems, listScores, size);
      }
    } else {
      for (let i = from; i < to; i++) {
        const column = <usize>load<u32>(firstIndices + (<usize>i << 2));
        const stop = load<u32>(offsets + (column << 2), 4);
        for (let j = load<u32>(offsets + (column << 2)); j < stop; j++) {
          const other = load<i32>(indices + (<usize>j << 2));
          size = take(sums, counts, other, own, k, shrinkage, listItems, listScores, size);
        }
      }
    }
    sortHeap(listScores, listItems, size);
    store<i32>(sizes + (<usize>row << 2), size);
  }
}

// @ts-ignore: decorator
@inline
function accumulate(sums: usize, indices: usize, values: usize, value: f64, start: u32, stop: u32): void {
  let at = <usize>start << 2;
  const end = <usize>stop << 2;
  // Columns do not repeat, so four sums can be on their way at once.
  for (; at + 16 <= end; at += 16) {
    const a = sums + (<usize>load<u32>(indices + at) << 3);
    const b = sums + (<usize>load<u32>(indices + at, 4) << 3);
    const c = sums + (<usize>load<u32>(indices + at, 8) << 3);
    const d = sums + (<usize>load<u32>(indices + at, 12) << 3);
    const sa = load<f64>(a) + value * <f64>load<f32>(values + at);
    const sb = load<f64>(b) + value * <f64>load<f32>(values + at, 4);
    const sc = load<f64>(c) + value * <f64>load<f32>(values + at, 8);
    const sd = load<f64>(d) + value * <f64>load<f32>(values + at, 12);
    store<f64>(a, sa);
    store<f64>(b, sb);
    store<f64>(c, sc);
    store<f64>(d, sd);
  }
  for (; at < end; at += 4) {
    const a = sums + (<usize>load<u32>(indices + at) << 3);
    store<f64>(a, load<f64>(a) + value * <f64>load<f32>(values + at));
  }
}

// @ts-ignore: decorator
@inline
function count(counts: usize, indices: usize, start: u32, stop: u32): void {
  for (let j = start; j < stop; j++) {
    const at = counts + (<usize>load<u32>(indices + (<usize>j << 2)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

/** Moves one sum out of the scratch memory into the list; answers with the list's size. */
// @ts-ignore: decorator
@inline
function take(
  sums: usize,
  counts: usize,
  other: i32,
  own: i32,
  k: i32,
  shrinkage: f64,
  items: usize,
  scores: usize,
  size: i32,
): i32 {
  const at = sums + (<usize>other << 3);
  const sum = load<f64>(at);
  if (sum == 0) return size;
  store<f64>(at, 0);
  let score = <f32>sum;
  if (counts) {
    const both = <f64>load<u32>(counts + (<usize>other << 2));
    store<u32>(counts + (<usize>other << 2), 0);
    score = <f32>((sum * both) / (both + shrinkage));
  }
  if (other == own) return size;
  if (size < k) {
    push(scores, items, size, score, other);
    return size + 1;
  }
  const worst = load<f32>(scores);
  if (score > worst || (score == worst && other < load<i32>(items))) replace(scores, items, size, score, other);
  return size;
}
