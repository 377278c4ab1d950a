import { addRows, addScaled, dot } from './vector';

/**
 * a = u'u in place (upper triangle, row-major, `width` a multiple of 8): four rows are factored, then taken off the
 * rows below together. A pivot that is not positive gives NaN. What lies left of the diagonal is not meaningful.
 */
export function cholesky(a: usize, width: i32): void {
  const bytes = <usize>width << 2;
  for (let k = 0; k < width; k += 4) {
    for (let p = k; p < k + 4; p++) {
      const row = a + p * bytes;
      const scale = <f32>1 / sqrt<f32>(load<f32>(row + (<usize>p << 2)));
      const from = (<usize>p << 2) & ~15;
      const s = f32x4.splat(scale);
      for (let at = from; at < bytes; at += 16) v128.store(row + at, f32x4.mul(s, v128.load(row + at)));
      for (let i = p + 1; i < k + 4; i++) {
        addScaled(a + i * bytes + from, row + from, -load<f32>(row + (<usize>i << 2)), bytes - from);
      }
    }
    const r0 = a + k * bytes;
    const r1 = r0 + bytes;
    const r2 = r1 + bytes;
    const r3 = r2 + bytes;
    for (let i = k + 4; i < width; i++) {
      const column = <usize>i << 2;
      const c = f32x4.neg(
        f32x4(load<f32>(r0 + column), load<f32>(r1 + column), load<f32>(r2 + column), load<f32>(r3 + column)),
      );
      const from = column & ~31;
      addRows(a + i * bytes + from, r0 + from, r1 + from, r2 + from, r3 + from, c, bytes - from);
    }
  }
}

/** Solves u'u x = b in place of b. */
export function choleskySolve(u: usize, b: usize, width: i32): void {
  const bytes = <usize>width << 2;
  for (let k = 0; k < width; k++) {
    const row = u + k * bytes;
    const at = <usize>k << 2;
    const value = load<f32>(b + at) / load<f32>(row + at);
    const from = at & ~15;
    // Lanes up to k hold finished values (or k itself): restore them after the vector update.
    const p0 = load<f32>(b + from);
    const p1 = load<f32>(b + from, 4);
    const p2 = load<f32>(b + from, 8);
    addScaled(b + from, row + from, -value, bytes - from);
    if (at > from) store<f32>(b + from, p0);
    if (at > from + 4) store<f32>(b + from, p1, 4);
    if (at > from + 8) store<f32>(b + from, p2, 8);
    store<f32>(b + at, value);
  }
  for (let k = width - 1; k >= 0; k--) {
    const row = u + k * bytes;
    const at = <usize>k << 2;
    let rest: f32 = 0;
    let j = at + 4;
    for (; j < bytes && (j & 31) != 0; j += 4) rest += load<f32>(row + j) * load<f32>(b + j);
    if (j < bytes) rest += dot(row + j, b + j, bytes - j);
    store<f32>(b + at, (load<f32>(b + at) - rest) / load<f32>(row + at));
  }
}
