/** Building blocks over rows of floats. `bytes` is a row's length, a multiple of 32 (8 floats). */

/** [sum of a, sum of b, sum of c, sum of d], each as (0 + 2) + (1 + 3). */
// @ts-ignore: decorator
@inline
export function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

// @ts-ignore: decorator
@inline
export function sum(a: v128): f32 {
  return (
    f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 2) + (f32x4.extract_lane(a, 1) + f32x4.extract_lane(a, 3))
  );
}

/** The dot products of four rows with x. */
// @ts-ignore: decorator
@inline
export function dots(y0: usize, y1: usize, y2: usize, y3: usize, x: usize, bytes: usize): v128 {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let a2 = f32x4.splat(0);
  let a3 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let b2 = f32x4.splat(0);
  let b3 = f32x4.splat(0);
  let at: usize = 0;
  for (; at + 32 < bytes; at += 64) {
    const p = v128.load(x + at);
    a0 = f32x4.add(a0, f32x4.mul(p, v128.load(y0 + at)));
    a1 = f32x4.add(a1, f32x4.mul(p, v128.load(y1 + at)));
    a2 = f32x4.add(a2, f32x4.mul(p, v128.load(y2 + at)));
    a3 = f32x4.add(a3, f32x4.mul(p, v128.load(y3 + at)));
    const q = v128.load(x + at, 16);
    b0 = f32x4.add(b0, f32x4.mul(q, v128.load(y0 + at, 16)));
    b1 = f32x4.add(b1, f32x4.mul(q, v128.load(y1 + at, 16)));
    b2 = f32x4.add(b2, f32x4.mul(q, v128.load(y2 + at, 16)));
    b3 = f32x4.add(b3, f32x4.mul(q, v128.load(y3 + at, 16)));
    const r = v128.load(x + at, 32);
    a0 = f32x4.add(a0, f32x4.mul(r, v128.load(y0 + at, 32)));
    a1 = f32x4.add(a1, f32x4.mul(r, v128.load(y1 + at, 32)));
    a2 = f32x4.add(a2, f32x4.mul(r, v128.load(y2 + at, 32)));
    a3 = f32x4.add(a3, f32x4.mul(r, v128.load(y3 + at, 32)));
    const s = v128.load(x + at, 48);
    b0 = f32x4.add(b0, f32x4.mul(s, v128.load(y0 + at, 48)));
    b1 = f32x4.add(b1, f32x4.mul(s, v128.load(y1 + at, 48)));
    b2 = f32x4.add(b2, f32x4.mul(s, v128.load(y2 + at, 48)));
    b3 = f32x4.add(b3, f32x4.mul(s, v128.load(y3 + at, 48)));
  }
  if (at < bytes) {
    const p = v128.load(x + at);
    a0 = f32x4.add(a0, f32x4.mul(p, v128.load(y0 + at)));
    a1 = f32x4.add(a1, f32x4.mul(p, v128.load(y1 + at)));
    a2 = f32x4.add(a2, f32x4.mul(p, v128.load(y2 + at)));
    a3 = f32x4.add(a3, f32x4.mul(p, v128.load(y3 + at)));
    const q = v128.load(x + at, 16);
    b0 = f32x4.add(b0, f32x4.mul(q, v128.load(y0 + at, 16)));
    b1 = f32x4.add(b1, f32x4.mul(q, v128.load(y1 + at, 16)));
    b2 = f32x4.add(b2, f32x4.mul(q, v128.load(y2 + at, 16)));
    b3 = f32x4.add(b3, f32x4.mul(q, v128.load(y3 + at, 16)));
  }
  return sums(f32x4.add(a0, b0), f32x4.add(a1, b1), f32x4.add(a2, b2), f32x4.add(a3, b3));
}

/** out += c[0] y0 + c[1] y1 + c[2] y2 + c[3] y3 */
// @ts-ignore: decorator
@inline
export function addRows(out: usize, y0: usize, y1: usize, y2: usize, y3: usize, c: v128, bytes: usize): void {
  const c0 = v128.shuffle<f32>(c, c, 0, 0, 0, 0);
  const c1 = v128.shuffle<f32>(c, c, 1, 1, 1, 1);
  const c2 = v128.shuffle<f32>(c, c, 2, 2, 2, 2);
  const c3 = v128.shuffle<f32>(c, c, 3, 3, 3, 3);
  let at: usize = 0;
  for (; at + 32 < bytes; at += 64) {
    const s0 = f32x4.add(f32x4.mul(c0, v128.load(y0 + at)), f32x4.mul(c1, v128.load(y1 + at)));
    const t0 = f32x4.add(f32x4.mul(c2, v128.load(y2 + at)), f32x4.mul(c3, v128.load(y3 + at)));
    v128.store(out + at, f32x4.add(v128.load(out + at), f32x4.add(s0, t0)));
    const s1 = f32x4.add(f32x4.mul(c0, v128.load(y0 + at, 16)), f32x4.mul(c1, v128.load(y1 + at, 16)));
    const t1 = f32x4.add(f32x4.mul(c2, v128.load(y2 + at, 16)), f32x4.mul(c3, v128.load(y3 + at, 16)));
    v128.store(out + at, f32x4.add(v128.load(out + at, 16), f32x4.add(s1, t1)), 16);
    const s2 = f32x4.add(f32x4.mul(c0, v128.load(y0 + at, 32)), f32x4.mul(c1, v128.load(y1 + at, 32)));
    const t2 = f32x4.add(f32x4.mul(c2, v128.load(y2 + at, 32)), f32x4.mul(c3, v128.load(y3 + at, 32)));
    v128.store(out + at, f32x4.add(v128.load(out + at, 32), f32x4.add(s2, t2)), 32);
    const s3 = f32x4.add(f32x4.mul(c0, v128.load(y0 + at, 48)), f32x4.mul(c1, v128.load(y1 + at, 48)));
    const t3 = f32x4.add(f32x4.mul(c2, v128.load(y2 + at, 48)), f32x4.mul(c3, v128.load(y3 + at, 48)));
    v128.store(out + at, f32x4.add(v128.load(out + at, 48), f32x4.add(s3, t3)), 48);
  }
  if (at < bytes) {
    const s0 = f32x4.add(f32x4.mul(c0, v128.load(y0 + at)), f32x4.mul(c1, v128.load(y1 + at)));
    const t0 = f32x4.add(f32x4.mul(c2, v128.load(y2 + at)), f32x4.mul(c3, v128.load(y3 + at)));
    v128.store(out + at, f32x4.add(v128.load(out + at), f32x4.add(s0, t0)));
    const s1 = f32x4.add(f32x4.mul(c0, v128.load(y0 + at, 16)), f32x4.mul(c1, v128.load(y1 + at, 16)));
    const t1 = f32x4.add(f32x4.mul(c2, v128.load(y2 + at, 16)), f32x4.mul(c3, v128.load(y3 + at, 16)));
    v128.store(out + at, f32x4.add(v128.load(out + at, 16), f32x4.add(s1, t1)), 16);
  }
}

/** out += c x */
// @ts-ignore: decorator
@inline
export function addScaled(out: usize, x: usize, c: f32, bytes: usize): void {
  const s = f32x4.splat(c);
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(out + at, f32x4.add(v128.load(out + at), f32x4.mul(s, v128.load(x + at))));
  }
}

/** out = x + c out */
// @ts-ignore: decorator
@inline
export function scaleAdd(out: usize, x: usize, c: f32, bytes: usize): void {
  const s = f32x4.splat(c);
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(out + at, f32x4.add(v128.load(x + at), f32x4.mul(s, v128.load(out + at))));
  }
}

// @ts-ignore: decorator
@inline
export function dot(x: usize, y: usize, bytes: usize): f32 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 32) {
    a = f32x4.add(a, f32x4.mul(v128.load(x + at), v128.load(y + at)));
    b = f32x4.add(b, f32x4.mul(v128.load(x + at, 16), v128.load(y + at, 16)));
  }
  return sum(f32x4.add(a, b));
}

/** The first `count` (1 to 4) floats at `address`, then zeros. */
// @ts-ignore: decorator
@inline
export function lanes(address: usize, count: i32): v128 {
  if (count >= 4) return v128.load(address);
  let v = v128.load32_zero(address);
  if (count > 1) v = f32x4.replace_lane(v, 1, load<f32>(address, 4));
  if (count > 2) v = f32x4.replace_lane(v, 2, load<f32>(address, 8));
  return v;
}

/** Ones in the first `count` (1 to 4) lanes, then zeros. */
// @ts-ignore: decorator
@inline
export function ones(count: i32): v128 {
  if (count >= 4) return f32x4(1, 1, 1, 1);
  return f32x4(1, count > 1 ? 1 : 0, count > 2 ? 1 : 0, 0);
}
