import { below, GAMMA, mix, unit } from './random';
import { sum } from './vector';

/**
 * Bayesian personalised ranking by stochastic gradient steps (Rendle et al. 2009, figure 4). A row holds the factors,
 * then the bias, then zeros up to a multiple of 4: a user's bias place is always 1, so the score is one dot product.
 *
 * Users and items are dealt into blocks. In round s the task of user block b does the entries of item block
 * (b + s) mod blocks, negatives from that block too: no two tasks of a round touch the same row, so threads need no
 * locks and their number changes nothing (stratified SGD, Gemulla et al. 2011).
 */

/** e^-x for x >= 0: 2^-k e^-r, |r| <= ln 2 / 2, a polynomial for the rest. Relative error below 1e-6. */
// @ts-ignore: decorator
@inline
function expNegative(x: f32): f32 {
  if (x > 80) return 0;
  const k = nearest<f32>(x * 1.44269504);
  const r = k * 0.693359375 - k * 2.12194440e-4 - x;
  const p: f32 =
    1 + r * (1 + r * (0.5 + r * (1.6666667e-1 + r * (4.1666668e-2 + r * (8.3333340e-3 + r * 1.3888890e-3)))));
  return p * reinterpret<f32>((127 - <i32>k) << 23);
}

/** Whether `item` stands in the ascending `items[from .. to)`. */
// @ts-ignore: decorator
@inline
function contains(items: usize, from: u32, to: u32, item: u32): bool {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<u32>(items + (<usize>middle << 2)) < item) low = middle + 1;
    else high = middle;
  }
  return low < to && load<u32>(items + (<usize>low << 2)) == item;
}

/** A place of `from .. to - 1`: uniform, or in proportion to the steps of `cumulative` (f64, by place). */
// @ts-ignore: decorator
@inline
function draw(mixed: u64, from: u32, to: u32, cumulative: usize): u32 {
  if (!cumulative) return from + below(mixed, to - from);
  const base = from ? load<f64>(cumulative + (<usize>(from - 1) << 3)) : 0;
  const target = base + unit(mixed) * (load<f64>(cumulative + (<usize>(to - 1) << 3)) - base);
  let low = from;
  let high = to - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<f64>(cumulative + (<usize>middle << 3)) <= target) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How often a negative is drawn again when the user likes it; then the positive is passed over. */
const DRAWS = 32;

/** w . (hi - hj) */
// @ts-ignore: decorator
@inline
function margin(w: usize, hi: usize, hj: usize, bytes: usize): f32 {
  let acc = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    acc = f32x4.add(acc, f32x4.mul(v128.load(w + at), f32x4.sub(v128.load(hi + at), v128.load(hj + at))));
  }
  return sum(acc);
}

/**
 * Sorts the entries of each user block by item block: entry k of users `userBlocks[b] .. userBlocks[b + 1]` goes to
 * its cell b * blocks + `itemBlock[item]`, whose entries are `cells[c] .. cells[c + 1]` afterwards. Tasks are user
 * blocks; the first cell's start is 0 and each task writes the ends of its own.
 */
export function bprDeal(
  begin: i32,
  end: i32,
  scratch: usize,
  blocks: i32,
  userBlocks: usize,
  offsets: usize,
  items: usize,
  itemBlock: usize,
  cells: usize,
  cellUsers: usize,
  cellItems: usize,
): void {
  for (let b = begin; b < end; b++) {
    const first = load<u32>(userBlocks + (<usize>b << 2));
    const last = load<u32>(userBlocks + (<usize>b << 2), 4);
    const from = load<u32>(offsets + (<usize>first << 2));
    const to = load<u32>(offsets + (<usize>last << 2));
    memory.fill(scratch, 0, <usize>blocks << 2);
    for (let k = from; k < to; k++) {
      const block = load<u8>(itemBlock + <usize>load<u32>(items + (<usize>k << 2)));
      const at = scratch + (<usize>block << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
    let place = from;
    for (let block = 0; block < blocks; block++) {
      const at = scratch + (<usize>block << 2);
      const size = load<u32>(at);
      store<u32>(at, place);
      place += size;
      store<u32>(cells + (<usize>(b * blocks + block) << 2), place, 4);
    }
    for (let user = first; user < last; user++) {
      const stop = load<u32>(offsets + (<usize>user << 2), 4);
      for (let k = load<u32>(offsets + (<usize>user << 2)); k < stop; k++) {
        const item = load<u32>(items + (<usize>k << 2));
        const at = scratch + (<usize>load<u8>(itemBlock + <usize>item) << 2);
        const target = <usize>load<u32>(at) << 2;
        store<u32>(at, load<u32>(at) + 1);
        store<u32>(cellUsers + target, user);
        store<u32>(cellItems + target, item);
      }
    }
  }
}

/**
 * One round: each task does one cell's entries once, in an order drawn from `seed` and the cell. `blockItems` are the
 * items by block, block i at `itemBlocks[i] .. itemBlocks[i + 1]`; `cumulative` (f64) runs beside them, 0 = uniform.
 * The cell's four `losses` (f64) become hinge, exponent, product and steps: over its steps,
 * the sum of -ln sigma(x) = hinge + exponent ln 10 + ln product.
 */
export function bprRound(
  begin: i32,
  end: i32,
  scratch: usize,
  blocks: i32,
  round: i32,
  cells: usize,
  cellUsers: usize,
  cellItems: usize,
  itemBlocks: usize,
  blockItems: usize,
  cumulative: usize,
  offsets: usize,
  items: usize,
  w: usize,
  h: usize,
  stride: i32,
  biasPlace: i32,
  rate: f32,
  regularization: f32,
  seed: u32,
  losses: usize,
): void {
  const bytes = <usize>stride << 2;
  const shrink = f32x4.splat(1 - rate * regularization);
  for (let b = begin; b < end; b++) {
    const itemBlock = (b + round) % blocks;
    const cell = b * blocks + itemBlock;
    const from = load<u32>(cells + (<usize>cell << 2));
    const to = load<u32>(cells + (<usize>cell << 2), 4);
    const blockFrom = load<u32>(itemBlocks + (<usize>itemBlock << 2));
    const blockTo = load<u32>(itemBlocks + (<usize>itemBlock << 2), 4);
    let state = mix((<u64>seed << 32) | <u64>cell);
    let hinge: f64 = 0;
    let exponent: f64 = 0;
    let product: f64 = 1;
    let steps: f64 = 0;
    for (let k = from; k < to; k++) {
      state += GAMMA;
      const other = <usize>(k + below(mix(state), to - k)) << 2;
      const here = <usize>k << 2;
      const user = load<u32>(cellUsers + other);
      const positive = load<u32>(cellItems + other);
      store<u32>(cellUsers + other, load<u32>(cellUsers + here));
      store<u32>(cellItems + other, load<u32>(cellItems + here));

      const ownFrom = load<u32>(offsets + (<usize>user << 2));
      const ownTo = load<u32>(offsets + (<usize>user << 2), 4);
      let negative: u32 = 0;
      let tries = 0;
      do {
        state += GAMMA;
        negative = load<u32>(blockItems + (<usize>draw(mix(state), blockFrom, blockTo, cumulative) << 2));
      } while (contains(items, ownFrom, ownTo, negative) && ++tries < DRAWS);
      if (tries == DRAWS) continue;

      const wu = w + <usize>user * bytes;
      const hi = h + <usize>positive * bytes;
      const hj = h + <usize>negative * bytes;
      const x = margin(wu, hi, hj, bytes);
      const e = expNegative(abs<f32>(x));
      const g = (x >= 0 ? e : <f32>1) / (1 + e);
      const step = f32x4.splat(rate * g);
      for (let at: usize = 0; at < bytes; at += 16) {
        const vw = v128.load(wu + at);
        const vi = v128.load(hi + at);
        const vj = v128.load(hj + at);
        const push = f32x4.mul(step, vw);
        v128.store(wu + at, f32x4.add(f32x4.mul(shrink, vw), f32x4.mul(step, f32x4.sub(vi, vj))));
        v128.store(hi + at, f32x4.add(f32x4.mul(shrink, vi), push));
        v128.store(hj + at, f32x4.sub(f32x4.mul(shrink, vj), push));
      }
      store<f32>(wu + (<usize>biasPlace << 2), 1);

      if (x < 0) hinge -= <f64>x;
      product *= 1 + <f64>e;
      if (product > 1e200) {
        product *= 1e-200;
        exponent += 200;
      }
      steps += 1;
    }
    const out = losses + (<usize>cell << 5);
    store<f64>(out, hinge);
    store<f64>(out, exponent, 8);
    store<f64>(out, product, 16);
    store<f64>(out, steps, 24);
  }
}

/**
 * A row for each query's positives, the items fixed: `epochs` passes over them with uniform or weighted negatives of
 * all items, the rate falling to zero along a line. `out` holds the starts. Tasks are queries.
 */
export function bprFoldIn(
  begin: i32,
  end: i32,
  scratch: usize,
  offsets: usize,
  items: usize,
  itemCount: i32,
  cumulative: usize,
  h: usize,
  stride: i32,
  biasPlace: i32,
  rate: f32,
  regularization: f32,
  epochs: i32,
  seeds: usize,
  out: usize,
): void {
  const bytes = <usize>stride << 2;
  for (let q = begin; q < end; q++) {
    const from = load<u32>(offsets + (<usize>q << 2));
    const to = load<u32>(offsets + (<usize>q << 2), 4);
    const wu = out + <usize>q * bytes;
    const total = <f32>(to - from) * <f32>epochs;
    let done: f32 = 0;
    let state = mix(<u64>load<u32>(seeds + (<usize>q << 2)));
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (let k = from; k < to; k++) {
        const now = rate * (1 - done / total);
        done += 1;
        state += GAMMA;
        const negative = draw(mix(state), 0, itemCount, cumulative);
        if (contains(items, from, to, negative)) continue;
        const hi = h + <usize>load<u32>(items + (<usize>k << 2)) * bytes;
        const hj = h + <usize>negative * bytes;
        const x = margin(wu, hi, hj, bytes);
        const e = expNegative(abs<f32>(x));
        const step = f32x4.splat((now * (x >= 0 ? e : <f32>1)) / (1 + e));
        const shrink = f32x4.splat(1 - now * regularization);
        for (let at: usize = 0; at < bytes; at += 16) {
          const difference = f32x4.sub(v128.load(hi + at), v128.load(hj + at));
          v128.store(wu + at, f32x4.add(f32x4.mul(shrink, v128.load(wu + at)), f32x4.mul(step, difference)));
        }
        store<f32>(wu + (<usize>biasPlace << 2), 1);
      }
    }
  }
}
