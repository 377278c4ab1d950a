import { sum, sums } from './vector';

/**
 * Dot products of a query with items. A pair's score is summed in one order wherever it is computed, so it does not
 * depend on its neighbours: four running sums over every fourth factor, then the rest.
 */

/** Scores of one query and four items. `bytes` is any multiple of 4. */
// @ts-ignore: decorator
@inline
export function score4(x: usize, y0: usize, y1: usize, y2: usize, y3: usize, bytes: usize): v128 {
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
  return rest4(sums(a0, a1, a2, a3), x, y0, y1, y2, y3, whole, bytes);
}

/** Adds the factors behind the last whole vector to four scores. */
// @ts-ignore: decorator
@inline
export function rest4(s: v128, x: usize, y0: usize, y1: usize, y2: usize, y3: usize, from: usize, bytes: usize): v128 {
  for (let at = from; at < bytes; at += 4) {
    const y = f32x4(load<f32>(y0 + at), load<f32>(y1 + at), load<f32>(y2 + at), load<f32>(y3 + at));
    s = f32x4.add(s, f32x4.mul(v128.load_splat<f32>(x + at), y));
  }
  return s;
}

/** The score of one query and one item. */
export function score1(x: usize, y: usize, bytes: usize): f32 {
  const whole = bytes & ~15;
  let a = f32x4.splat(0);
  for (let at: usize = 0; at < whole; at += 16) a = f32x4.add(a, f32x4.mul(v128.load(x + at), v128.load(y + at)));
  let s = sum(a);
  for (let at = whole; at < bytes; at += 4) s += load<f32>(x + at) * load<f32>(y + at);
  return s;
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
