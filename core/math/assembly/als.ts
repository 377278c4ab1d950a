import { cholesky, choleskySolve } from './cholesky';
import { addGram } from './gram';
import { addRows, addScaled, dot, dots, lanes, ones, scaleAdd, sum } from './vector';

/**
 * Row solves of alternating least squares. For row r with entries k (column c, weight w, target t):
 *   minimise  sum w (t - x.y[c])^2 + x'(gram)x + reg[r] x.x
 * `gram` already holds the unobserved weight; 0 = none. `weights` 0 = all 1, `targets` 0 = all 1.
 * `width` is a multiple of 8. `losses[r]` (f64) gets the objective of the row at the x found on entry.
 */

/** r += sum w (t - x.y) y over the entries; answers with sum w (t - x.y)^2. */
function addResidual(
  r: usize,
  x: usize,
  y: usize,
  bytes: usize,
  indices: usize,
  weights: usize,
  targets: usize,
  from: u32,
  to: u32,
): f64 {
  let loss: f64 = 0;
  for (let k = from; k < to; k += 4) {
    const count = <i32>min<u32>(4, to - k);
    const at = <usize>k << 2;
    const y0 = y + <usize>load<u32>(indices + at) * bytes;
    const y1 = count > 1 ? y + <usize>load<u32>(indices + at, 4) * bytes : y0;
    const y2 = count > 2 ? y + <usize>load<u32>(indices + at, 8) * bytes : y0;
    const y3 = count > 3 ? y + <usize>load<u32>(indices + at, 12) * bytes : y0;
    const w = weights ? lanes(weights + at, count) : ones(count);
    const t = targets ? lanes(targets + at, count) : f32x4.splat(1);
    const error = f32x4.sub(t, dots(y0, y1, y2, y3, x, bytes));
    const c = f32x4.mul(w, error);
    loss += <f64>sum(f32x4.mul(c, error));
    addRows(r, y0, y1, y2, y3, c, bytes);
  }
  return loss;
}

/** out += sum w (p.y) y over the entries. */
function addProduct(
  out: usize,
  p: usize,
  y: usize,
  bytes: usize,
  indices: usize,
  weights: usize,
  from: u32,
  to: u32,
): void {
  for (let k = from; k < to; k += 4) {
    const count = <i32>min<u32>(4, to - k);
    const at = <usize>k << 2;
    const y0 = y + <usize>load<u32>(indices + at) * bytes;
    const y1 = count > 1 ? y + <usize>load<u32>(indices + at, 4) * bytes : y0;
    const y2 = count > 2 ? y + <usize>load<u32>(indices + at, 8) * bytes : y0;
    const y3 = count > 3 ? y + <usize>load<u32>(indices + at, 12) * bytes : y0;
    const w = weights ? lanes(weights + at, count) : ones(count);
    addRows(out, y0, y1, y2, y3, f32x4.mul(w, dots(y0, y1, y2, y3, p, bytes)), bytes);
  }
}

/** sum w (p.y)^2 over the entries: with p'(gram + reg)p the curvature along p, without its product. */
function curvature(p: usize, y: usize, bytes: usize, indices: usize, weights: usize, from: u32, to: u32): f32 {
  let total: f64 = 0;
  for (let k = from; k < to; k += 4) {
    const count = <i32>min<u32>(4, to - k);
    const at = <usize>k << 2;
    const y0 = y + <usize>load<u32>(indices + at) * bytes;
    const y1 = count > 1 ? y + <usize>load<u32>(indices + at, 4) * bytes : y0;
    const y2 = count > 2 ? y + <usize>load<u32>(indices + at, 8) * bytes : y0;
    const y3 = count > 3 ? y + <usize>load<u32>(indices + at, 12) * bytes : y0;
    const w = weights ? lanes(weights + at, count) : ones(count);
    const s = dots(y0, y1, y2, y3, p, bytes);
    total += <f64>sum(f32x4.mul(w, f32x4.mul(s, s)));
  }
  return <f32>total;
}

/** out = gram p + reg p */
function regularised(out: usize, p: usize, gram: usize, reg: f32, bytes: usize): void {
  const s = f32x4.splat(reg);
  for (let at: usize = 0; at < bytes; at += 16) v128.store(out + at, f32x4.mul(s, v128.load(p + at)));
  if (!gram) return;
  for (let at: usize = 0; at < bytes; at += 16) {
    const row = gram + (at >> 2) * bytes;
    addRows(out, row, row + bytes, row + 2 * bytes, row + 3 * bytes, v128.load(p + at), bytes);
  }
}

/** Conjugate gradient from the x found, `steps` steps at most. Scratch: 3 rows. Tasks are rows. */
export function alsGradient(
  begin: i32,
  end: i32,
  scratch: usize,
  offsets: usize,
  indices: usize,
  weights: usize,
  targets: usize,
  x: usize,
  y: usize,
  gram: usize,
  regs: usize,
  losses: usize,
  width: i32,
  steps: i32,
): void {
  const bytes = <usize>width << 2;
  const r = scratch;
  const p = r + bytes;
  const ap = p + bytes;
  for (let row = begin; row < end; row++) {
    const from = load<u32>(offsets + (<usize>row << 2));
    const to = load<u32>(offsets + (<usize>row << 2), 4);
    const reg = load<f32>(regs + (<usize>row << 2));
    const xr = x + <usize>row * bytes;
    regularised(ap, xr, gram, reg, bytes);
    const penalty = <f64>dot(xr, ap, bytes);
    for (let at: usize = 0; at < bytes; at += 16) v128.store(r + at, f32x4.neg(v128.load(ap + at)));
    const loss = addResidual(r, xr, y, bytes, indices, weights, targets, from, to);
    store<f64>(losses + (<usize>row << 3), loss + penalty);
    let rs = dot(r, r, bytes);
    const enough = rs * 1e-10;
    memory.copy(p, r, bytes);
    for (let step = 0; step < steps && rs > 1e-30; step++) {
      regularised(ap, p, gram, reg, bytes);
      if (step + 1 == steps) {
        const along = dot(p, ap, bytes) + curvature(p, y, bytes, indices, weights, from, to);
        addScaled(xr, p, rs / along, bytes);
        break;
      }
      addProduct(ap, p, y, bytes, indices, weights, from, to);
      const alpha = rs / dot(p, ap, bytes);
      addScaled(xr, p, alpha, bytes);
      addScaled(r, ap, -alpha, bytes);
      const next = dot(r, r, bytes);
      if (next <= enough) break;
      scaleAdd(p, r, next / rs, bytes);
      rs = next;
    }
  }
}

const GATHERED = 64;

/** The closed-form solve. Scratch: width + 1 + 64 rows. Tasks are rows. */
export function alsCholesky(
  begin: i32,
  end: i32,
  scratch: usize,
  offsets: usize,
  indices: usize,
  weights: usize,
  targets: usize,
  x: usize,
  y: usize,
  gram: usize,
  regs: usize,
  losses: usize,
  width: i32,
): void {
  const bytes = <usize>width << 2;
  const square = bytes * width;
  const a = scratch;
  const b = a + square;
  const gathered = b + bytes;
  for (let row = begin; row < end; row++) {
    const from = load<u32>(offsets + (<usize>row << 2));
    const to = load<u32>(offsets + (<usize>row << 2), 4);
    const reg = load<f32>(regs + (<usize>row << 2));
    const xr = x + <usize>row * bytes;
    regularised(b, xr, gram, reg, bytes);
    let loss = <f64>dot(xr, b, bytes);
    if (gram) memory.copy(a, gram, square);
    else memory.fill(a, 0, square);
    for (let i: usize = 0; i < bytes; i += 4) {
      const diagonal = a + (i >> 2) * bytes + i;
      store<f32>(diagonal, load<f32>(diagonal) + reg);
    }
    memory.fill(b, 0, bytes);
    for (let k = from; k < to; k += GATHERED) {
      const last = min<u32>(to, k + GATHERED);
      for (let e = k; e < last; e++) {
        const at = <usize>e << 2;
        const source = y + <usize>load<u32>(indices + at) * bytes;
        const w = weights ? load<f32>(weights + at) : <f32>1;
        const t = targets ? load<f32>(targets + at) : <f32>1;
        const error = t - dot(source, xr, bytes);
        loss += <f64>(w * error * error);
        addScaled(b, source, w * t, bytes);
        const s = f32x4.splat(sqrt<f32>(w));
        const target = gathered + <usize>(e - k) * bytes;
        for (let i: usize = 0; i < bytes; i += 16) {
          v128.store(target + i, f32x4.mul(s, v128.load(source + i)));
        }
      }
      addGram(a, gathered, <i32>(last - k), width);
    }
    store<f64>(losses + (<usize>row << 3), loss);
    cholesky(a, width);
    choleskySolve(a, b, width);
    memory.copy(xr, b, bytes);
  }
}
