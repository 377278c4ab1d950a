import { Best, bitAt, close, offer, open, setBit } from './best';
import { rest4, score4 } from './pairs';
import { sums } from './vector';

/** The n best items of each query, every pair's score computed in single precision. */

// @ts-ignore: decorator
@inline
function consider(best: Best, q: i32, first: i32, place: i32, scores: v128, valid: i32): void {
  // A NaN compares as false and is never offered; ties with the threshold are sorted out by `offer`.
  const above = f32x4.ge(scores, v128.load_splat<f32>(best.thresholds + (<usize>q << 2)));
  if (v128.any_true(above)) {
    const mask = i32x4.bitmask(above) & valid;
    if (mask) offerLanes(best, q, first, place, scores, mask);
  }
}

function offerLanes(best: Best, q: i32, first: i32, place: i32, scores: v128, mask: i32): void {
  const bits = best.bits + <usize>q * best.bitBytes;
  if (mask & 1 && !bitAt(bits, place)) offer(best, q, f32x4.extract_lane(scores, 0), first + place);
  if (mask & 2 && !bitAt(bits, place + 1)) offer(best, q, f32x4.extract_lane(scores, 1), first + place + 1);
  if (mask & 4 && !bitAt(bits, place + 2)) offer(best, q, f32x4.extract_lane(scores, 2), first + place + 2);
  if (mask & 8 && !bitAt(bits, place + 3)) offer(best, q, f32x4.extract_lane(scores, 3), first + place + 3);
}

/** Sets the bits of what `exclude[from .. to)` names and `allow` does not, among items first .. first + length - 1. */
function mark(bits: usize, bytes: usize, first: i32, length: i32, exclude: usize, from: u32, to: u32, allow: usize): void {
  if (allow) {
    const source = allow + (<usize>(first >> 5) << 2);
    for (let at: usize = 0; at < bytes; at += 4) store<u32>(bits + at, ~load<u32>(source + at));
  }
  for (let k = from; k < to; k++) {
    const at = load<i32>(exclude + (<usize>k << 2)) - first;
    if (<u32>at < <u32>length) setBit(bits, at);
  }
}

/** Offers a segment's items to `count` queries. */
function scanSegment(best: Best, queries: usize, count: i32, items: usize, first: i32, length: i32, bytes: usize): void {
  const block = max<i32>(8, <i32>(16384 / max<usize>(bytes, 1)) & ~7);
  for (let start = 0; start < length; start += block) {
    const stop = min(length, start + block);
    let q = 0;
    for (; q + 1 < count; q += 2) scanTwo(best, q, queries + <usize>q * bytes, items, first, start, stop, bytes);
    if (q < count) scanOne(best, q, queries + <usize>q * bytes, items, first, start, stop, bytes);
  }
}

/** Two queries, four items at a time. */
function scanTwo(best: Best, q: i32, x: usize, items: usize, first: i32, start: i32, stop: i32, bytes: usize): void {
  const whole = bytes & ~15;
  const z = x + bytes;
  let i = start;
  for (; i + 4 <= stop; i += 4) {
    const y0 = items + <usize>i * bytes;
    const y1 = y0 + bytes;
    const y2 = y1 + bytes;
    const y3 = y2 + bytes;
    let a0 = f32x4.splat(0);
    let a1 = f32x4.splat(0);
    let a2 = f32x4.splat(0);
    let a3 = f32x4.splat(0);
    let b0 = f32x4.splat(0);
    let b1 = f32x4.splat(0);
    let b2 = f32x4.splat(0);
    let b3 = f32x4.splat(0);
    for (let at: usize = 0; at < whole; at += 16) {
      const p = v128.load(x + at);
      const r = v128.load(z + at);
      const v0 = v128.load(y0 + at);
      a0 = f32x4.add(a0, f32x4.mul(p, v0));
      b0 = f32x4.add(b0, f32x4.mul(r, v0));
      const v1 = v128.load(y1 + at);
      a1 = f32x4.add(a1, f32x4.mul(p, v1));
      b1 = f32x4.add(b1, f32x4.mul(r, v1));
      const v2 = v128.load(y2 + at);
      a2 = f32x4.add(a2, f32x4.mul(p, v2));
      b2 = f32x4.add(b2, f32x4.mul(r, v2));
      const v3 = v128.load(y3 + at);
      a3 = f32x4.add(a3, f32x4.mul(p, v3));
      b3 = f32x4.add(b3, f32x4.mul(r, v3));
    }
    consider(best, q, first, i, rest4(sums(a0, a1, a2, a3), x, y0, y1, y2, y3, whole, bytes), 15);
    consider(best, q + 1, first, i, rest4(sums(b0, b1, b2, b3), z, y0, y1, y2, y3, whole, bytes), 15);
  }
  if (i < stop) {
    scanTail(best, q, x, items, first, i, stop, bytes);
    scanTail(best, q + 1, z, items, first, i, stop, bytes);
  }
}

/** One query alone: reading the items is what takes the time, so they are read in their order, one by one. */
function scanOne(best: Best, q: i32, x: usize, items: usize, first: i32, start: i32, stop: i32, bytes: usize): void {
  const whole = bytes & ~15;
  let i = start;
  for (; i + 4 <= stop; i += 4) {
    const y0 = items + <usize>i * bytes;
    const y1 = y0 + bytes;
    const y2 = y1 + bytes;
    const y3 = y2 + bytes;
    const a0 = along(x, y0, whole);
    const a1 = along(x, y1, whole);
    const a2 = along(x, y2, whole);
    const a3 = along(x, y3, whole);
    consider(best, q, first, i, rest4(sums(a0, a1, a2, a3), x, y0, y1, y2, y3, whole, bytes), 15);
  }
  if (i < stop) scanTail(best, q, x, items, first, i, stop, bytes);
}

/** Sums of the products of x and y, those of every fourth place in each lane. */
// @ts-ignore: decorator
@inline
function along(x: usize, y: usize, whole: usize): v128 {
  let a = f32x4.splat(0);
  let at: usize = 0;
  for (; at + 64 <= whole; at += 64) {
    a = f32x4.add(a, f32x4.mul(v128.load(x + at), v128.load(y + at)));
    a = f32x4.add(a, f32x4.mul(v128.load(x + at, 16), v128.load(y + at, 16)));
    a = f32x4.add(a, f32x4.mul(v128.load(x + at, 32), v128.load(y + at, 32)));
    a = f32x4.add(a, f32x4.mul(v128.load(x + at, 48), v128.load(y + at, 48)));
  }
  for (; at < whole; at += 16) a = f32x4.add(a, f32x4.mul(v128.load(x + at), v128.load(y + at)));
  return a;
}

/** One query and the one to four items from i on. */
function scanTail(best: Best, q: i32, x: usize, items: usize, first: i32, i: i32, stop: i32, bytes: usize): void {
  const left = stop - i;
  const y0 = items + <usize>i * bytes;
  const y1 = left > 1 ? y0 + bytes : y0;
  const y2 = left > 2 ? y1 + bytes : y0;
  const y3 = left > 3 ? y2 + bytes : y0;
  consider(best, q, first, i, score4(x, y0, y1, y2, y3, bytes), left > 3 ? 15 : (1 << left) - 1);
}

/**
 * Tasks are (group of `queryBlock` queries) x (segment of `segment` items, a multiple of 32), segments fastest.
 * The list of query q in segment s starts at `(s * queryCount + q) * n`; its length is `outSizes[s * queryCount + q]`.
 */
export function scan(
  begin: i32,
  end: i32,
  scratch: usize,
  queries: usize,
  queryCount: i32,
  items: usize,
  itemCount: i32,
  width: i32,
  n: i32,
  queryBlock: i32,
  segment: i32,
  offsets: usize,
  exclude: usize,
  allow: usize,
  outScores: usize,
  outItems: usize,
  outSizes: usize,
  gathered: i32,
): void {
  const bytes = <usize>width << 2;
  const segments = (itemCount + segment - 1) / segment;
  for (let task = begin; task < end; task++) {
    const s = task % segments;
    const firstQuery = (task / segments) * queryBlock;
    const count = min(queryBlock, queryCount - firstQuery);
    const first = s * segment;
    const length = min(segment, itemCount - first);
    const best = open(scratch, s * queryCount + firstQuery, count, length, n, outScores, outItems, outSizes, gathered);
    for (let q = 0; q < count; q++) {
      const row = offsets + (<usize>(firstQuery + q) << 2);
      const bits = best.bits + <usize>q * best.bitBytes;
      mark(bits, best.bitBytes, first, length, exclude, load<u32>(row), load<u32>(row, 4), allow);
    }
    scanSegment(best, queries + <usize>firstQuery * bytes, count, items + <usize>first * bytes, first, length, bytes);
    close(best, count);
  }
}

/** The n best of each row of scores that are there already [rows x itemCount]. Tasks are rows. */
export function scanScores(
  begin: i32,
  end: i32,
  scratch: usize,
  scores: usize,
  itemCount: i32,
  n: i32,
  offsets: usize,
  exclude: usize,
  allow: usize,
  outScores: usize,
  outItems: usize,
  outSizes: usize,
  gathered: i32,
): void {
  for (let row = begin; row < end; row++) {
    const best = open(scratch, row, 1, itemCount, n, outScores, outItems, outSizes, gathered);
    const rowOffsets = offsets + (<usize>row << 2);
    mark(best.bits, best.bitBytes, 0, itemCount, exclude, load<u32>(rowOffsets), load<u32>(rowOffsets, 4), allow);
    const source = scores + ((<usize>row * itemCount) << 2);
    let i = 0;
    for (; i + 4 <= itemCount; i += 4) consider(best, 0, 0, i, v128.load(source + (<usize>i << 2)), 15);
    for (; i < itemCount; i++) consider(best, 0, 0, i, v128.load_splat<f32>(source + (<usize>i << 2)), 1);
    close(best, 1);
  }
}
