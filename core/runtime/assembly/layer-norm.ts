import { total } from './exponential';

// Rows of `columns` floats, a multiple of 4. The formula stands at `layerNorm` in core/nn/layers.ts.

export function layerNorm(
  x: usize, rows: i32, columns: i32, gain: usize, shift: usize, epsilon: f32, out: usize,
): void {
  const bytes = <usize>columns << 2;
  for (let r = 0; r < rows; r++) {
    const mean = meanOf(x, columns);
    const scale: f32 = 1 / sqrt<f32>(varianceOf(x, columns, mean) + epsilon);
    for (let c: usize = 0; c < bytes; c += 16) {
      const normal = f32x4.mul(f32x4.sub(v128.load(x + c), f32x4.splat(mean)), f32x4.splat(scale));
      v128.store(out + c, f32x4.add(f32x4.mul(normal, v128.load(gain + c)), v128.load(shift + c)));
    }
    x += bytes;
    out += bytes;
  }
}

/** `dGain` and `dShift` [columns] are written, not added to. */
export function layerNormGradient(
  dy: usize, x: usize, rows: i32, columns: i32, gain: usize, epsilon: f32, dx: usize, dGain: usize, dShift: usize,
): void {
  const bytes = <usize>columns << 2;
  memory.fill(dGain, 0, bytes);
  memory.fill(dShift, 0, bytes);
  for (let r = 0; r < rows; r++) {
    const mean = meanOf(x, columns);
    const scale: f32 = 1 / sqrt<f32>(varianceOf(x, columns, mean) + epsilon);
    let sum = f32x4.splat(0);
    let along = f32x4.splat(0);
    for (let c: usize = 0; c < bytes; c += 16) {
      const normal = f32x4.mul(f32x4.sub(v128.load(x + c), f32x4.splat(mean)), f32x4.splat(scale));
      const given = v128.load(dy + c);
      v128.store(dGain + c, f32x4.add(v128.load(dGain + c), f32x4.mul(given, normal)));
      v128.store(dShift + c, f32x4.add(v128.load(dShift + c), given));
      const inner = f32x4.mul(given, v128.load(gain + c));
      sum = f32x4.add(sum, inner);
      along = f32x4.add(along, f32x4.mul(inner, normal));
    }
    const meanInner = f32x4.splat(total(sum) / <f32>columns);
    const meanAlong = f32x4.splat(total(along) / <f32>columns);
    for (let c: usize = 0; c < bytes; c += 16) {
      const normal = f32x4.mul(f32x4.sub(v128.load(x + c), f32x4.splat(mean)), f32x4.splat(scale));
      const inner = f32x4.sub(f32x4.mul(v128.load(dy + c), v128.load(gain + c)), meanInner);
      v128.store(dx + c, f32x4.mul(f32x4.sub(inner, f32x4.mul(normal, meanAlong)), f32x4.splat(scale)));
    }
    x += bytes;
    dy += bytes;
    dx += bytes;
  }
}

// @ts-ignore: decorator
@inline
function meanOf(x: usize, columns: i32): f32 {
  let sum = f32x4.splat(0);
  const end = x + (<usize>columns << 2);
  for (let at = x; at < end; at += 16) sum = f32x4.add(sum, v128.load(at));
  return total(sum) / <f32>columns;
}

// @ts-ignore: decorator
@inline
function varianceOf(x: usize, columns: i32, mean: f32): f32 {
  let sum = f32x4.splat(0);
  const end = x + (<usize>columns << 2);
  for (let at = x; at < end; at += 16) {
    const off = f32x4.sub(v128.load(at), f32x4.splat(mean));
    sum = f32x4.add(sum, f32x4.mul(off, off));
  }
  return total(sum) / <f32>columns;
}
