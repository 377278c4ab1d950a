import { Best, bitAt, close, offer, open, setBit } from './best';
import { score1 } from './pairs';
import { LENGTH, marginOf, roundRow } from './rounded';

/**
 * The n best items of many queries. A pair is scored in single precision only where the bound by its rounded rows,
 * widened by all that rounding can be wrong by, reaches the query's list.
 */

/** Offers what `mask` names of the eight places from `place` on, scored in single precision. */
function offerExact(best: Best, q: i32, place: i32, mask: i32, x: usize, items: usize, bytes: usize, order: usize): void {
  for (let left = mask; left; left &= left - 1) {
    const at = place + ctz(left);
    const item = load<i32>(order + (<usize>at << 2));
    offer(best, q, score1(x, items + <usize>item * bytes, bytes), item);
  }
}

/** Blocks of eight items that are compared with all queries of a group before the next ones: they stay in the cache. */
const BLOCKS = 8;

/** The products of four queries with a block: eight i32 a query. */
const TILE_BYTES = 128;

/** Integers' products of four rounded queries with the rounded blocks from `y` to `end`. */
function products(x0: usize, x1: usize, x2: usize, x3: usize, y: usize, end: usize, length: usize, out: usize): void {
  while (y < end) {
    let a0 = i32x4.splat(0);
    let b0 = i32x4.splat(0);
    let a1 = i32x4.splat(0);
    let b1 = i32x4.splat(0);
    let a2 = i32x4.splat(0);
    let b2 = i32x4.splat(0);
    let a3 = i32x4.splat(0);
    let b3 = i32x4.splat(0);
    for (let at: usize = 0; at < length; at += 8, y += 64) {
      const v0 = v128.load(y);
      const w0 = v128.load(y, 16);
      const p0 = v128.load_splat<i32>(x0 + at);
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(p0, v0));
      b0 = i32x4.add(b0, i32x4.dot_i16x8_s(p0, w0));
      const p1 = v128.load_splat<i32>(x1 + at);
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(p1, v0));
      b1 = i32x4.add(b1, i32x4.dot_i16x8_s(p1, w0));
      const p2 = v128.load_splat<i32>(x2 + at);
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(p2, v0));
      b2 = i32x4.add(b2, i32x4.dot_i16x8_s(p2, w0));
      const p3 = v128.load_splat<i32>(x3 + at);
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(p3, v0));
      b3 = i32x4.add(b3, i32x4.dot_i16x8_s(p3, w0));
      const v1 = v128.load(y, 32);
      const w1 = v128.load(y, 48);
      const r0 = v128.load_splat<i32>(x0 + at, 4);
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(r0, v1));
      b0 = i32x4.add(b0, i32x4.dot_i16x8_s(r0, w1));
      const r1 = v128.load_splat<i32>(x1 + at, 4);
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(r1, v1));
      b1 = i32x4.add(b1, i32x4.dot_i16x8_s(r1, w1));
      const r2 = v128.load_splat<i32>(x2 + at, 4);
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(r2, v1));
      b2 = i32x4.add(b2, i32x4.dot_i16x8_s(r2, w1));
      const r3 = v128.load_splat<i32>(x3 + at, 4);
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(r3, v1));
      b3 = i32x4.add(b3, i32x4.dot_i16x8_s(r3, w1));
    }
    v128.store(out, a0);
    v128.store(out, b0, 16);
    v128.store(out, a1, 32);
    v128.store(out, b1, 48);
    v128.store(out, a2, 64);
    v128.store(out, b2, 80);
    v128.store(out, a3, 96);
    v128.store(out, b3, 112);
    out += TILE_BYTES;
  }
}

/**
 * Tasks are groups of `queryBlock` queries. `order` holds items in order of falling norm, `ranks` each item's place in
 * it; `norms`, `tails` and `rounded` are by place, see `roundItems`, zeros up to a multiple of 8. A query is done with
 * once no later item is long enough. Scratch: 1088 + queryBlock * (2 * head + 16 + places / 8 in whole words).
 */
export function scanRounded(
  begin: i32,
  end: i32,
  scratch: usize,
  queries: usize,
  queryCount: i32,
  queryNorms: usize,
  items: usize,
  itemCount: i32,
  width: i32,
  n: i32,
  queryBlock: i32,
  order: usize,
  ranks: usize,
  norms: usize,
  directions: usize,
  head: i32,
  rounded: usize,
  tails: usize,
  offsets: usize,
  exclude: usize,
  allow: usize,
  outScores: usize,
  outItems: usize,
  outSizes: usize,
): void {
  const bytes = <usize>width << 2;
  const length = <usize>head << 1;
  const places = (itemCount + 7) & ~7;
  const factors = scratch + <usize>queryBlock * length;
  const queryTails = factors + (<usize>queryBlock << 2);
  const active = queryTails + (<usize>queryBlock << 2);
  const tile = active + (<usize>queryBlock << 2);
  const lists = tile + BLOCKS * TILE_BYTES;
  const margin = f32x4.splat(marginOf(head, bytes));
  const wide = <f32>1 + <f32>(bytes + 256) * 6e-8;
  for (let task = begin; task < end; task++) {
    const firstQuery = task * queryBlock;
    const count = min(queryBlock, queryCount - firstQuery);
    const own = queries + <usize>firstQuery * bytes;
    const ownNorms = queryNorms + (<usize>firstQuery << 2);
    const best = open(lists, firstQuery, count, places, n, outScores, outItems, outSizes, 0);
    mark(best, count, firstQuery, itemCount, places, order, ranks, offsets, exclude, allow);
    for (let q = 0; q < count; q++) {
      const at = <usize>q << 2;
      const norm = load<f32>(ownNorms + at);
      const rest = roundRow(own + <usize>q * bytes, bytes, norm, directions, head, scratch + <usize>q * length, 4);
      store<f32>(queryTails + at, (rest / norm) * LENGTH);
      // A threshold times this compares with the integers' products.
      store<f32>(factors + at, (LENGTH / norm) * LENGTH);
      store<i32>(active + at, q);
    }
    let left = count;
    for (let start = 0; start < places && left > 0; start += 8 * BLOCKS) {
      left = stillOpen(best, active, left, load<f32>(norms + (<usize>start << 2)) * wide, ownNorms);
      const stop = min(places, start + 8 * BLOCKS);
      for (let k = 0; k < left; k += 4) {
        const q0 = load<i32>(active + (<usize>k << 2));
        const q1 = k + 1 < left ? load<i32>(active + (<usize>k << 2), 4) : q0;
        const q2 = k + 2 < left ? load<i32>(active + (<usize>k << 2), 8) : q0;
        const q3 = k + 3 < left ? load<i32>(active + (<usize>k << 2), 12) : q0;
        const x0 = scratch + <usize>q0 * length;
        const x1 = scratch + <usize>q1 * length;
        const x2 = scratch + <usize>q2 * length;
        const x3 = scratch + <usize>q3 * length;
        products(x0, x1, x2, x3, rounded + <usize>start * length, rounded + <usize>stop * length, length, tile);
        for (let place = start, at = tile; place < stop; place += 8, at += TILE_BYTES) {
          const lengths = norms + (<usize>place << 2);
          const rests = tails + (<usize>place << 2);
          const m0 = reaching(best, q0, place, at + 0, lengths, rests, margin, factors, queryTails);
          if (m0) offerExact(best, q0, place, m0, own + <usize>q0 * bytes, items, bytes, order);
          if (k + 1 >= left) continue;
          const m1 = reaching(best, q1, place, at + 32, lengths, rests, margin, factors, queryTails);
          if (m1) offerExact(best, q1, place, m1, own + <usize>q1 * bytes, items, bytes, order);
          if (k + 2 >= left) continue;
          const m2 = reaching(best, q2, place, at + 64, lengths, rests, margin, factors, queryTails);
          if (m2) offerExact(best, q2, place, m2, own + <usize>q2 * bytes, items, bytes, order);
          if (k + 3 >= left) continue;
          const m3 = reaching(best, q3, place, at + 96, lengths, rests, margin, factors, queryTails);
          if (m3) offerExact(best, q3, place, m3, own + <usize>q3 * bytes, items, bytes, order);
        }
      }
    }
    close(best, count);
  }
}

/** Which of eight places may reach the list of query q and may be listed: a bit each. */
// @ts-ignore: decorator
@inline
function reaching(
  best: Best,
  q: i32,
  place: i32,
  products: usize,
  norms: usize,
  tails: usize,
  margin: v128,
  factors: usize,
  queryTails: usize,
): i32 {
  const at = <usize>q << 2;
  const threshold = load<f32>(best.thresholds + at);
  // Without a full list everything reaches it: -Infinity times a factor of 0 would be NaN.
  const bound = f32x4.splat(threshold == -Infinity ? threshold : threshold * load<f32>(factors + at));
  const rest = v128.load_splat<f32>(queryTails + at);
  const s = f32x4.add(
    f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(v128.load(products)), margin), v128.load(norms)),
    f32x4.mul(rest, v128.load(tails)),
  );
  const t = f32x4.add(
    f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(v128.load(products, 16)), margin), v128.load(norms, 16)),
    f32x4.mul(rest, v128.load(tails, 16)),
  );
  // Not below, rather than at least: what is no number has to be looked at.
  const below = i32x4.bitmask(f32x4.lt(s, bound)) | (i32x4.bitmask(f32x4.lt(t, bound)) << 4);
  const closed = <i32>load<u8>(best.bits + <usize>q * best.bitBytes + (<usize>place >> 3));
  return ~(below | closed) & 0xff;
}

/** Moves the queries that an item of norm `limit` may still reach to the front; answers with their number. */
function stillOpen(best: Best, list: usize, count: i32, limit: f32, norms: usize): i32 {
  let left = 0;
  for (let k = 0; k < count; k++) {
    const q = load<i32>(list + (<usize>k << 2));
    const at = <usize>q << 2;
    if (limit * load<f32>(norms + at) < load<f32>(best.thresholds + at)) continue;
    store<i32>(list + (<usize>left << 2), q);
    left++;
  }
  return left;
}

/** Sets the bits of the places that may not be listed. */
function mark(
  best: Best,
  count: i32,
  firstQuery: i32,
  itemCount: i32,
  places: i32,
  order: usize,
  ranks: usize,
  offsets: usize,
  exclude: usize,
  allow: usize,
): void {
  const first = best.bits;
  for (let place = itemCount; place < places; place++) setBit(first, place);
  if (allow) {
    for (let place = 0; place < itemCount; place++) {
      if (!bitAt(allow, load<i32>(order + (<usize>place << 2)))) setBit(first, place);
    }
  }
  for (let q = 1; q < count; q++) memory.copy(first + <usize>q * best.bitBytes, first, best.bitBytes);
  for (let q = 0; q < count; q++) {
    const bits = first + <usize>q * best.bitBytes;
    const row = offsets + (<usize>(firstQuery + q) << 2);
    const to = load<u32>(row, 4);
    for (let k = load<u32>(row); k < to; k++) {
      const item = load<i32>(exclude + (<usize>k << 2));
      if (<u32>item < <u32>itemCount) setBit(bits, load<i32>(ranks + (<usize>item << 2)));
    }
  }
}
