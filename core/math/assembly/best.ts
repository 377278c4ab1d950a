import { push, replace, sortHeap } from './select';

/** The n best of each of a few queries so far, and what may not be listed: one bit a place, 1 = no. */
// @ts-ignore: decorator
@unmanaged
export class Best {
  scores: usize;
  items: usize;
  sizes: usize;
  thresholds: usize;
  bits: usize;
  /** Bytes of bits that a query has, a multiple of 4. */
  bitBytes: usize;
  n: i32;
}

/** Bytes of a `Best`, behind which its thresholds and bits lie. */
const BEST_BYTES: usize = 64;

/**
 * Empty lists for `count` queries over `places` places, in `scratch`. The lists' rows begin at `outQuery`. No bit is
 * set. Wants 64 + count * (4 + places / 8 rounded up to words) bytes.
 */
export function open(
  scratch: usize,
  outQuery: i32,
  count: i32,
  places: i32,
  n: i32,
  outScores: usize,
  outItems: usize,
  outSizes: usize,
): Best {
  const best = changetype<Best>(scratch);
  best.n = n;
  best.scores = outScores + ((<usize>outQuery * n) << 2);
  best.items = outItems + ((<usize>outQuery * n) << 2);
  best.sizes = outSizes + (<usize>outQuery << 2);
  best.thresholds = scratch + BEST_BYTES;
  best.bits = best.thresholds + (<usize>count << 2);
  best.bitBytes = <usize>((places + 31) >> 5) << 2;
  memory.fill(best.bits, 0, <usize>count * best.bitBytes);
  for (let q = 0; q < count; q++) {
    store<i32>(best.sizes + (<usize>q << 2), 0);
    store<f32>(best.thresholds + (<usize>q << 2), -Infinity);
  }
  return best;
}

/** Sorts the lists, best first. */
export function close(best: Best, count: i32): void {
  for (let q = 0; q < count; q++) {
    const at = <usize>(q * best.n) << 2;
    sortHeap(best.scores + at, best.items + at, load<i32>(best.sizes + (<usize>q << 2)));
  }
}

// @ts-ignore: decorator
@inline
export function setBit(bits: usize, at: i32): void {
  const word = bits + (<usize>(at >> 5) << 2);
  store<u32>(word, load<u32>(word) | (1 << (at & 31)));
}

// @ts-ignore: decorator
@inline
export function bitAt(bits: usize, at: i32): u32 {
  return (load<u32>(bits + (<usize>(at >> 5) << 2)) >> (at & 31)) & 1;
}

/** Offers one item to the list of query q. A NaN is never listed; equal scores by ascending item. */
export function offer(best: Best, q: i32, score: f32, item: i32): void {
  const n = best.n;
  const scores = best.scores + (<usize>(q * n) << 2);
  const items = best.items + (<usize>(q * n) << 2);
  const sizeAt = best.sizes + (<usize>q << 2);
  let size = load<i32>(sizeAt);
  if (size < n) {
    if (score != score) return;
    push(scores, items, size++, score, item);
    store<i32>(sizeAt, size);
  } else if (score > load<f32>(scores) || (score == load<f32>(scores) && item < load<i32>(items))) {
    replace(scores, items, n, score, item);
  } else return;
  if (size == n) store<f32>(best.thresholds + (<usize>q << 2), load<f32>(scores));
}
