import { kept, next, streams } from './dropout';
import { exponential, largest, total } from './exponential';
import { logarithm } from './logarithm';

// Causal multi-head attention along sequences that lie one behind another. Place p at position t of its sequence sees
// places p - t .. p; position -1 is padding, whose result is 0. Queries are [queries x heads * size], query j standing
// at place at[j] (at = 0: at place j); keys and values lie side by side, [places x 2 * heads * size]. size is a
// multiple of 4. Keys are taken four at a time; those beyond the query's place repeat it with a weight of 0.

/** Weights beyond a query's place: e^BEYOND is 0. */
const BEYOND: f32 = -1e30;

/**
 * out = dropout(softmax(q k' / sqrt(size))) v; `sums` [queries x heads] gets log sum e^logit, which the way back needs.
 * `scratch` holds 4 * (longest sequence + 4) bytes.
 */
export function causalAttention(
  queries: usize, keysValues: usize, positions: usize, at: usize, count: i32, heads: i32, size: i32,
  rate: f32, seed: i32, out: usize, sums: usize, scratch: usize,
): void {
  const width = <usize>(heads * size) << 2;
  const bytes = <usize>size << 2;
  const scale: f32 = 1 / sqrt<f32>(<f32>size);
  const bound = <i32>(<u32>(<f64>rate * 4294967296));
  const keep: f32 = 1 / (1 - rate);
  let state = streams(seed);
  for (let j = 0; j < count; j++) {
    const place = at == 0 ? j : load<i32>(at + (<usize>j << 2));
    const position = load<i32>(positions + (<usize>place << 2));
    memory.fill(out, 0, width);
    if (position >= 0) {
      const first = keysValues + <usize>(place - position) * 2 * width;
      for (let h = 0; h < heads; h++) {
        const offset = <usize>h * bytes;
        const top = logitsOf(queries + offset, first + offset, position, bytes, 2 * width, scale, scratch);
        let sum = f32x4.splat(0);
        for (let s = 0; s <= position; s += 4) {
          const weight = exponential(f32x4.sub(v128.load(scratch + (<usize>s << 2)), f32x4.splat(top)));
          v128.store(scratch + (<usize>s << 2), weight);
          sum = f32x4.add(sum, weight);
        }
        const whole = total(sum);
        store<f32>(sums + (<usize>(j * heads + h) << 2), top + <f32>logarithm(whole));
        const share: f32 = keep / whole;
        for (let s = 0; s <= position; s += 4) {
          let weight = f32x4.mul(v128.load(scratch + (<usize>s << 2)), f32x4.splat(share));
          if (rate > 0) {
            state = next(state);
            weight = v128.and(weight, kept(state, bound));
          }
          addRows(weight, first + width + offset, s, position, bytes, 2 * width, out + offset);
        }
      }
    }
    queries += width;
    out += width;
  }
}

/**
 * The gradients of `causalAttention`; `dKeysValues` is written whole, [places x 2 * heads * size].
 * `scratch` holds 8 * (longest sequence + 4) bytes.
 */
export function causalAttentionGradient(
  dOut: usize, queries: usize, keysValues: usize, positions: usize, at: usize, count: i32, places: i32, heads: i32,
  size: i32, rate: f32, seed: i32, sums: usize, dQueries: usize, dKeysValues: usize, scratch: usize, longest: i32,
): void {
  const width = <usize>(heads * size) << 2;
  const bytes = <usize>size << 2;
  const scale: f32 = 1 / sqrt<f32>(<f32>size);
  const bound = <i32>(<u32>(<f64>rate * 4294967296));
  const keep: f32 = 1 / (1 - rate);
  const changes = scratch + (<usize>(longest + 4) << 2);
  memory.fill(dKeysValues, 0, <usize>places * 2 * width);
  let state = streams(seed);
  for (let j = 0; j < count; j++) {
    const place = at == 0 ? j : load<i32>(at + (<usize>j << 2));
    const position = load<i32>(positions + (<usize>place << 2));
    memory.fill(dQueries, 0, width);
    if (position >= 0) {
      const from = <usize>(place - position) * 2 * width;
      for (let h = 0; h < heads; h++) {
        const offset = <usize>h * bytes;
        const keys = keysValues + from + offset;
        const dKeys = dKeysValues + from + offset;
        logitsOf(queries + offset, keys, position, bytes, 2 * width, scale, scratch);
        const sum = f32x4.splat(load<f32>(sums + (<usize>(j * heads + h) << 2)));
        // With w = softmax(logits) and d the gradient of w: that of the logits is w (d - sum of w d).
        let along = f32x4.splat(0);
        for (let s = 0; s <= position; s += 4) {
          const here = <usize>s << 2;
          const weight = exponential(f32x4.sub(v128.load(scratch + here), sum));
          let change = dots(dOut + offset, keys + width, s, position, bytes, 2 * width);
          let dropped = weight;
          if (rate > 0) {
            state = next(state);
            const mask = v128.and(f32x4.splat(keep), kept(state, bound));
            change = f32x4.mul(change, mask);
            dropped = f32x4.mul(weight, mask);
          }
          along = f32x4.add(along, f32x4.mul(weight, change));
          v128.store(scratch + here, weight);
          v128.store(changes + here, change);
          spreadRow(dropped, dOut + offset, dKeys + width, s, position, bytes, 2 * width);
        }
        const mean = f32x4.splat(total(along));
        for (let s = 0; s <= position; s += 4) {
          const here = <usize>s << 2;
          const change = f32x4.mul(
            f32x4.mul(v128.load(scratch + here), f32x4.sub(v128.load(changes + here), mean)),
            f32x4.splat(scale),
          );
          addRows(change, keys, s, position, bytes, 2 * width, dQueries + offset);
          spreadRow(change, queries + offset, dKeys, s, position, bytes, 2 * width);
        }
      }
    }
    queries += width;
    dOut += width;
    dQueries += width;
  }
}

/** q k' scale for keys 0 .. position into `to`, filled up to four with BEYOND; gives the largest. */
// @ts-ignore: decorator
@inline
function logitsOf(q: usize, keys: usize, position: i32, bytes: usize, stride: usize, scale: f32, to: usize): f32 {
  let top = f32x4.splat(BEYOND);
  for (let s = 0; s <= position; s += 4) {
    const products = f32x4.mul(dots(q, keys, s, position, bytes, stride), f32x4.splat(scale));
    const behind = i32x4.gt_s(i32x4.add(i32x4.splat(s), i32x4(0, 1, 2, 3)), i32x4.splat(position));
    const logits = v128.bitselect(f32x4.splat(BEYOND), products, behind);
    v128.store(to + (<usize>s << 2), logits);
    top = f32x4.max(top, logits);
  }
  return largest(top);
}

/** x' row for the rows s .. s + 3. */
// @ts-ignore: decorator
@inline
function dots(x: usize, rows: usize, s: i32, last: i32, bytes: usize, stride: usize): v128 {
  const r0 = rows + <usize>s * stride;
  const r1 = rows + <usize>min(s + 1, last) * stride;
  const r2 = rows + <usize>min(s + 2, last) * stride;
  const r3 = rows + <usize>min(s + 3, last) * stride;
  let d0 = f32x4.splat(0);
  let d1 = d0;
  let d2 = d0;
  let d3 = d0;
  for (let c: usize = 0; c < bytes; c += 16) {
    const part = v128.load(x + c);
    d0 = f32x4.add(d0, f32x4.mul(part, v128.load(r0 + c)));
    d1 = f32x4.add(d1, f32x4.mul(part, v128.load(r1 + c)));
    d2 = f32x4.add(d2, f32x4.mul(part, v128.load(r2 + c)));
    d3 = f32x4.add(d3, f32x4.mul(part, v128.load(r3 + c)));
  }
  const left = f32x4.add(v128.shuffle<f32>(d0, d1, 0, 4, 2, 6), v128.shuffle<f32>(d0, d1, 1, 5, 3, 7));
  const right = f32x4.add(v128.shuffle<f32>(d2, d3, 0, 4, 2, 6), v128.shuffle<f32>(d2, d3, 1, 5, 3, 7));
  return f32x4.add(v128.shuffle<f32>(left, right, 0, 1, 4, 5), v128.shuffle<f32>(left, right, 2, 3, 6, 7));
}

/** to += weights' rows s .. s + 3. */
// @ts-ignore: decorator
@inline
function addRows(weights: v128, rows: usize, s: i32, last: i32, bytes: usize, stride: usize, to: usize): void {
  const r0 = rows + <usize>s * stride;
  const r1 = rows + <usize>min(s + 1, last) * stride;
  const r2 = rows + <usize>min(s + 2, last) * stride;
  const r3 = rows + <usize>min(s + 3, last) * stride;
  const w0 = v128.shuffle<f32>(weights, weights, 0, 0, 0, 0);
  const w1 = v128.shuffle<f32>(weights, weights, 1, 1, 1, 1);
  const w2 = v128.shuffle<f32>(weights, weights, 2, 2, 2, 2);
  const w3 = v128.shuffle<f32>(weights, weights, 3, 3, 3, 3);
  for (let c: usize = 0; c < bytes; c += 16) {
    const left = f32x4.add(f32x4.mul(w0, v128.load(r0 + c)), f32x4.mul(w1, v128.load(r1 + c)));
    const right = f32x4.add(f32x4.mul(w2, v128.load(r2 + c)), f32x4.mul(w3, v128.load(r3 + c)));
    v128.store(to + c, f32x4.add(v128.load(to + c), f32x4.add(left, right)));
  }
}

/** Row s + i of `rows` += weights[i] x, for i of 0 .. 3 up to `last`. */
// @ts-ignore: decorator
@inline
function spreadRow(weights: v128, x: usize, rows: usize, s: i32, last: i32, bytes: usize, stride: usize): void {
  addScaled(v128.shuffle<f32>(weights, weights, 0, 0, 0, 0), x, rows + <usize>s * stride, bytes);
  if (s + 1 <= last) addScaled(v128.shuffle<f32>(weights, weights, 1, 1, 1, 1), x, rows + <usize>(s + 1) * stride, bytes);
  if (s + 2 <= last) addScaled(v128.shuffle<f32>(weights, weights, 2, 2, 2, 2), x, rows + <usize>(s + 2) * stride, bytes);
  if (s + 3 <= last) addScaled(v128.shuffle<f32>(weights, weights, 3, 3, 3, 3), x, rows + <usize>(s + 3) * stride, bytes);
}

// @ts-ignore: decorator
@inline
function addScaled(weight: v128, x: usize, to: usize, bytes: usize): void {
  for (let c: usize = 0; c < bytes; c += 16) {
    v128.store(to + c, f32x4.add(v128.load(to + c), f32x4.mul(weight, v128.load(x + c))));
  }
}
