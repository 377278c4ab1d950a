import { push, replace, sortHeap } from './select';
import { sum, sums } from './vector';

/**
 * Dot products of queries with items, and the n best of each query. A pair's score is summed in one order wherever it
 * is computed, so it does not depend on its neighbours: four running sums over every fourth factor, then the rest.
 */

/** Scores of one query and four items. `bytes` is any multiple of 4. */
// @ts-ignore: decorator
@inline
function score4(x: usize, y0: usize, y1: usize, y2: usize, y3: usize, bytes: usize): v128 {
  const whole = bytes & ~15;
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let a2 = f32x4.splat(0);
  let a3 = f32x4.splat(0);
  for (let at: usize = 0; at < whole; at += 16) {
    const p = v128.load(x + at);
    a0 = f32x4.add(a0, f32x4.mul(p, v128.load(y0 + at)));
    a1 = f32x4.add(a1, f32x4.mul(p, v128.load(y1 + at)));
    a2 = f32x4.add(a2, f32x4.mul(p, v128.load(y2 + at)));
    a3 = f32x4.add(a3, f32x4.mul(p, v128.load(y3 + at)));
  }
  return rest(sums(a0, a1, a2, a3), x, y0, y1, y2, y3, whole, bytes);
}

// @ts-ignore: decorator
@inline
function rest(s: v128, x: usize, y0: usize, y1: usize, y2: usize, y3: usize, from: usize, bytes: usize): v128 {
  for (let at = from; at < bytes; at += 4) {
    const y = f32x4(load<f32>(y0 + at), load<f32>(y1 + at), load<f32>(y2 + at), load<f32>(y3 + at));
    s = f32x4.add(s, f32x4.mul(v128.load_splat<f32>(x + at), y));
  }
  return s;
}

/** Heaps of one group of queries over one segment of items. */
// @ts-ignore: decorator
@unmanaged
class Group {
  scores: usize;
  items: usize;
  sizes: usize;
  thresholds: usize;
  bits: usize;
  words: i32;
  n: i32;
  first: i32;
  /** Items in order of falling norm: which item stands at a place, and its norm; 0 = items stand in their own order. */
  order: usize;
  norms: usize;
  queryNorms: usize;
}

/** Offers the lanes of `mask`, whose first is `item`, to the heap of query q. */
function offer(group: Group, q: i32, item: i32, scores: v128, mask: i32): void {
  const n = group.n;
  const heapScores = group.scores + (<usize>(q * n) << 2);
  const heapItems = group.items + (<usize>(q * n) << 2);
  const bits = group.bits + (<usize>(q * group.words) << 2);
  const threshold = group.thresholds + (<usize>q << 2);
  let size = load<i32>(group.sizes + (<usize>q << 2));
  for (let lane = 0; lane < 4; lane++) {
    if (!(mask & (1 << lane))) continue;
    const id = group.order ? load<i32>(group.order + (<usize>(item + lane) << 2)) : item + lane;
    const at = id - group.first;
    if ((load<u32>(bits + (<usize>(at >> 5) << 2)) >> (at & 31)) & 1) continue;
    let score = f32x4.extract_lane(scores, 0);
    if (lane == 1) score = f32x4.extract_lane(scores, 1);
    else if (lane == 2) score = f32x4.extract_lane(scores, 2);
    else if (lane == 3) score = f32x4.extract_lane(scores, 3);
    if (size < n) push(heapScores, heapItems, size++, score, id);
    else if (score > load<f32>(heapScores) || (score == load<f32>(heapScores) && id < load<i32>(heapItems))) {
      replace(heapScores, heapItems, n, score, id);
    } else continue;
    if (size == n) store<f32>(threshold, load<f32>(heapScores));
  }
  store<i32>(group.sizes + (<usize>q << 2), size);
}

// @ts-ignore: decorator
@inline
function consider(group: Group, q: i32, item: i32, scores: v128, valid: i32): void {
  // A NaN compares as false and is never offered; ties with the threshold are sorted out by `offer`.
  const above = f32x4.ge(scores, v128.load_splat<f32>(group.thresholds + (<usize>q << 2)));
  if (v128.any_true(above)) {
    const mask = i32x4.bitmask(above) & valid;
    if (mask) offer(group, q, item, scores, mask);
  }
}

/** What may not be listed: 1 = excluded, or not allowed. */
function markBits(
  bits: usize,
  words: i32,
  first: i32,
  length: i32,
  exclude: usize,
  from: u32,
  to: u32,
  allow: usize,
): void {
  const bytes = <usize>words << 2;
  if (allow) {
    const source = allow + (<usize>(first >> 5) << 2);
    for (let at: usize = 0; at < bytes; at += 4) store<u32>(bits + at, ~load<u32>(source + at));
  } else memory.fill(bits, 0, bytes);
  for (let k = from; k < to; k++) {
    const at = load<i32>(exclude + (<usize>k << 2)) - first;
    if (<u32>at >= <u32>length) continue;
    const word = bits + (<usize>(at >> 5) << 2);
    store<u32>(word, load<u32>(word) | (1 << (at & 31)));
  }
}

/** Fills the heaps of `group` for `count` queries with its segment's items. */
function scanGroup(group: Group, queries: usize, count: i32, items: usize, length: i32, bytes: usize): void {
  const block = max<i32>(8, <i32>(16384 / max<usize>(bytes, 1)) & ~7);
  const whole = bytes & ~15;
  for (let start = 0; start < length; start += block) {
    const stop = min(length, start + block);
    let q = 0;
    for (; q + 1 < count; q += 2) {
      const x = queries + <usize>q * bytes;
      const z = x + bytes;
      if (group.order) {
        const first = hopeless(group, q, start);
        const second = hopeless(group, q + 1, start);
        if (first || second) {
          if (!first) scanSingle(group, q, x, items, start, stop, bytes);
          if (!second) scanSingle(group, q + 1, z, items, start, stop, bytes);
          continue;
        }
      }
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
        const s = rest(sums(a0, a1, a2, a3), x, y0, y1, y2, y3, whole, bytes);
        const t = rest(sums(b0, b1, b2, b3), z, y0, y1, y2, y3, whole, bytes);
        consider(group, q, group.first + i, s, 15);
        consider(group, q + 1, group.first + i, t, 15);
      }
      if (i < stop) {
        scanTail(group, q, x, items, i, stop, bytes);
        scanTail(group, q + 1, z, items, i, stop, bytes);
      }
    }
    if (q < count && !(group.order && hopeless(group, q, start))) {
      scanSingle(group, q, queries + <usize>q * bytes, items, start, stop, bytes);
    }
  }
}

/**
 * No item from `place` on can enter the list of query q: |x.y| <= |x| |y|, norms fall with the place, and the margin is
 * wider than what single precision can be wrong by. Never so before the list is full, or where a norm is NaN.
 */
// @ts-ignore: decorator
@inline
function hopeless(group: Group, q: i32, place: i32): bool {
  const at = <usize>q << 2;
  const limit = load<f32>(group.norms + (<usize>place << 2)) * load<f32>(group.queryNorms + at);
  return limit * <f32>1.0002 < load<f32>(group.thresholds + at);
}

/** The last one to three items of a block. */
function scanTail(group: Group, q: i32, x: usize, items: usize, i: i32, stop: i32, bytes: usize): void {
  const left = stop - i;
  const y0 = items + <usize>i * bytes;
  const y1 = left > 1 ? y0 + bytes : y0;
  const y2 = left > 2 ? y1 + bytes : y0;
  consider(group, q, group.first + i, score4(x, y0, y1, y2, y0, bytes), (1 << left) - 1);
}

/** One query alone, eight items at a time. */
function scanSingle(group: Group, q: i32, x: usize, items: usize, start: i32, stop: i32, bytes: usize): void {
  const whole = bytes & ~15;
  let i = start;
  for (; i + 8 <= stop; i += 8) {
    const y0 = items + <usize>i * bytes;
    const y1 = y0 + bytes;
    const y2 = y1 + bytes;
    const y3 = y2 + bytes;
    const y4 = y3 + bytes;
    const y5 = y4 + bytes;
    const y6 = y5 + bytes;
    const y7 = y6 + bytes;
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
      a0 = f32x4.add(a0, f32x4.mul(p, v128.load(y0 + at)));
      a1 = f32x4.add(a1, f32x4.mul(p, v128.load(y1 + at)));
      a2 = f32x4.add(a2, f32x4.mul(p, v128.load(y2 + at)));
      a3 = f32x4.add(a3, f32x4.mul(p, v128.load(y3 + at)));
      b0 = f32x4.add(b0, f32x4.mul(p, v128.load(y4 + at)));
      b1 = f32x4.add(b1, f32x4.mul(p, v128.load(y5 + at)));
      b2 = f32x4.add(b2, f32x4.mul(p, v128.load(y6 + at)));
      b3 = f32x4.add(b3, f32x4.mul(p, v128.load(y7 + at)));
    }
    consider(group, q, group.first + i, rest(sums(a0, a1, a2, a3), x, y0, y1, y2, y3, whole, bytes), 15);
    consider(group, q, group.first + i + 4, rest(sums(b0, b1, b2, b3), x, y4, y5, y6, y7, whole, bytes), 15);
  }
  for (; i < stop; i += 4) {
    if (i + 4 <= stop) {
      const y0 = items + <usize>i * bytes;
      consider(group, q, group.first + i, score4(x, y0, y0 + bytes, y0 + 2 * bytes, y0 + 3 * bytes, bytes), 15);
    } else scanTail(group, q, x, items, i, stop, bytes);
  }
}

/** Bytes of scratch that `scan` and `scanScores` want for groups of `queryBlock` queries. */
const GROUP_BYTES: usize = 64;

/** Prepares `group` for queries `first .. first + count` and the items of a segment. */
function open(
  group: Group,
  scratch: usize,
  outQuery: i32,
  firstQuery: i32,
  count: i32,
  firstItem: i32,
  length: i32,
  n: i32,
  offsets: usize,
  exclude: usize,
  allow: usize,
  outScores: usize,
  outItems: usize,
  outSizes: usize,
): void {
  group.n = n;
  group.first = firstItem;
  group.words = (length + 31) >> 5;
  group.scores = outScores + ((<usize>outQuery * n) << 2);
  group.items = outItems + ((<usize>outQuery * n) << 2);
  group.sizes = outSizes + (<usize>outQuery << 2);
  group.thresholds = scratch + GROUP_BYTES;
  group.bits = group.thresholds + (<usize>count << 2);
  group.order = 0;
  for (let q = 0; q < count; q++) {
    store<i32>(group.sizes + (<usize>q << 2), 0);
    store<f32>(group.thresholds + (<usize>q << 2), -Infinity);
    const row = offsets + (<usize>(firstQuery + q) << 2);
    const bits = group.bits + (<usize>(q * group.words) << 2);
    markBits(bits, group.words, firstItem, length, exclude, load<u32>(row), load<u32>(row, 4), allow);
  }
}

function close(group: Group, count: i32): void {
  for (let q = 0; q < count; q++) {
    const at = <usize>(q * group.n) << 2;
    sortHeap(group.scores + at, group.items + at, load<i32>(group.sizes + (<usize>q << 2)));
  }
}

/**
 * Tasks are (group of `queryBlock` queries) x (segment of `segment` items, a multiple of 32), segments fastest.
 * The list of query q in segment s starts at `(s * queryCount + q) * n`; its length is `outSizes[s * queryCount + q]`.
 * With `order`, items stand in order of falling norm (one segment): `order[place]` is the item, `norms[place]` its norm.
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
  order: usize,
  norms: usize,
  queryNorms: usize,
  offsets: usize,
  exclude: usize,
  allow: usize,
  outScores: usize,
  outItems: usize,
  outSizes: usize,
): void {
  const bytes = <usize>width << 2;
  const segments = (itemCount + segment - 1) / segment;
  const group = changetype<Group>(scratch);
  for (let task = begin; task < end; task++) {
    const s = task % segments;
    const firstQuery = (task / segments) * queryBlock;
    const count = min(queryBlock, queryCount - firstQuery);
    const firstItem = s * segment;
    const length = min(segment, itemCount - firstItem);
    const outQuery = s * queryCount + firstQuery;
    open(group, scratch, outQuery, firstQuery, count, firstItem, length, n, offsets, exclude, allow, outScores, outItems, outSizes);
    group.order = order;
    group.norms = norms;
    group.queryNorms = queryNorms + (<usize>firstQuery << 2);
    scanGroup(group, queries + <usize>firstQuery * bytes, count, items + <usize>firstItem * bytes, length, bytes);
    close(group, count);
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
): void {
  const group = changetype<Group>(scratch);
  for (let row = begin; row < end; row++) {
    open(group, scratch, row, row, 1, 0, itemCount, n, offsets, exclude, allow, outScores, outItems, outSizes);
    const source = scores + ((<usize>row * itemCount) << 2);
    let i = 0;
    for (; i + 4 <= itemCount; i += 4) consider(group, 0, i, v128.load(source + (<usize>i << 2)), 15);
    for (; i < itemCount; i++) consider(group, 0, i, v128.load_splat<f32>(source + (<usize>i << 2)), 1);
    close(group, 1);
  }
}

/**
 * Scores of each query's candidates. Tasks are queries. Query q's candidates are `indices[offsets[q] .. offsets[q+1])`
 * with `shared` 0, and all of `indices[0 .. shared)` otherwise; an index outside 0 .. itemCount - 1 scores NaN.
 */
export function scorePairs(
  begin: i32,
  end: i32,
  scratch: usize,
  queries: usize,
  items: usize,
  itemCount: i32,
  width: i32,
  offsets: usize,
  shared: i32,
  indices: usize,
  out: usize,
): void {
  const bytes = <usize>width << 2;
  for (let q = begin; q < end; q++) {
    const x = queries + <usize>q * bytes;
    const from: u32 = shared ? 0 : load<u32>(offsets + (<usize>q << 2));
    const to: u32 = shared ? <u32>shared : load<u32>(offsets + (<usize>q << 2), 4);
    const target = shared ? out + ((<usize>q * shared) << 2) : out;
    for (let k = from; k < to; k += 4) {
      const at = indices + (<usize>k << 2);
      const count = min<u32>(4, to - k);
      const i0 = load<u32>(at);
      const i1 = count > 1 ? load<u32>(at, 4) : i0;
      const i2 = count > 2 ? load<u32>(at, 8) : i0;
      const i3 = count > 3 ? load<u32>(at, 12) : i0;
      const y0 = items + (i0 < <u32>itemCount ? i0 : 0) * bytes;
      const y1 = items + (i1 < <u32>itemCount ? i1 : 0) * bytes;
      const y2 = items + (i2 < <u32>itemCount ? i2 : 0) * bytes;
      const y3 = items + (i3 < <u32>itemCount ? i3 : 0) * bytes;
      const s = score4(x, y0, y1, y2, y3, bytes);
      const place = target + (<usize>k << 2);
      store<f32>(place, i0 < <u32>itemCount ? f32x4.extract_lane(s, 0) : NaN);
      if (count > 1) store<f32>(place, i1 < <u32>itemCount ? f32x4.extract_lane(s, 1) : NaN, 4);
      if (count > 2) store<f32>(place, i2 < <u32>itemCount ? f32x4.extract_lane(s, 2) : NaN, 8);
      if (count > 3) store<f32>(place, i3 < <u32>itemCount ? f32x4.extract_lane(s, 3) : NaN, 12);
    }
  }
}
