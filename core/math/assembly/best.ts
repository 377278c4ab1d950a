import { itemOf, keepBest, keyOf, scoreOf, sortDescending } from './keys';
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
  /** 0, or where the lists are gathered as keys. */
  keys: usize;
}

/** Bytes of a `Best`, behind which its thresholds and bits lie. */
const BEST_BYTES: usize = 64;

/**
 * Empty lists for `count` queries over `places` places, in `scratch`. The lists' rows begin at `outQuery`. No bit is
 * set. Wants 64 + count * (4 + places / 8 rounded up to words) bytes; where lists are `gathered`, 64 + 16 * count * n more.
 * Gathered are long lists: as keys, twice as many as are wanted before the worse half is dropped. A list of 200 is
 * several times as fast as by a heap, but its threshold rises in leaps.
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
  gathered: i32,
): Best {
  const best = changetype<Best>(scratch);
  best.n = n;
  best.scores = outScores + ((<usize>outQuery * n) << 2);
  best.items = outItems + ((<usize>outQuery * n) << 2);
  best.sizes = outSizes + (<usize>outQuery << 2);
  best.thresholds = scratch + BEST_BYTES;
  best.bits = best.thresholds + (<usize>count << 2);
  best.bitBytes = <usize>((places + 31) >> 5) << 2;
  best.keys = gathered ? (best.bits + <usize>count * best.bitBytes + 63) & ~63 : 0;
  memory.fill(best.bits, 0, <usize>count * best.bitBytes);
  for (let q = 0; q < count; q++) {
    store<i32>(best.sizes + (<usize>q << 2), 0);
    store<f32>(best.thresholds + (<usize>q << 2), -Infinity);
  }
  return best;
}

/** Sorts the lists, best first. */
export function close(best: Best, count: i32): void {
  const n = best.n;
  for (let q = 0; q < count; q++) {
    const at = <usize>(q * n) << 2;
    const sizeAt = best.sizes + (<usize>q << 2);
    let size = load<i32>(sizeAt);
    if (best.keys === 0) {
      sortHeap(best.scores + at, best.items + at, size);
      continue;
    }
    const keys = best.keys + (<usize>(q * n) << 4);
    if (size > n) keepBest(keys, size, n);
    size = min(size, n);
    sortDescending(keys, size);
    for (let k = 0; k < size; k++) {
      const key = load<u64>(keys + (<usize>k << 3));
      store<f32>(best.scores + at + (<usize>k << 2), scoreOf(key));
      store<i32>(best.items + at + (<usize>k << 2), itemOf(key));
    }
    store<i32>(sizeAt, size);
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
  if (best.keys) return offerKey(best, q, score, item);
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

function offerKey(best: Best, q: i32, score: f32, item: i32): void {
  if (score != score) return;
  const n = best.n;
  const keys = best.keys + (<usize>(q * n) << 4);
  const sizeAt = best.sizes + (<usize>q << 2);
  let size = load<i32>(sizeAt);
  store<u64>(keys + (<usize>size << 3), keyOf(score, item));
  if (++size === 2 * n) {
    store<f32>(best.thresholds + (<usize>q << 2), scoreOf(keepBest(keys, size, n)));
    size = n;
  }
  store<i32>(sizeAt, size);
}
