/** out[k] = table[indices[k]], rows of `columns` floats; a negative index gives zeros. */
export function copyRows(table: usize, columns: i32, indices: usize, count: i32, out: usize): void {
  const bytes = <usize>columns << 2;
  for (let k = 0; k < count; k++) {
    const row = load<i32>(indices + (<usize>k << 2));
    if (row < 0) memory.fill(out, 0, bytes);
    else memory.copy(out, table + <usize>row * bytes, bytes);
    out += bytes;
  }
}

/** out[b] = sum over k in offsets[b] .. offsets[b + 1] of weights[k] * table[indices[k]]; a negative index adds nothing. */
export function sumBags(
  table: usize, columns: i32, offsets: usize, indices: usize, weights: usize, bags: i32, out: usize,
): void {
  const bytes = <usize>columns << 2;
  for (let b = 0; b < bags; b++) {
    memory.fill(out, 0, bytes);
    const end = load<i32>(offsets + (<usize>b << 2), 4);
    for (let k = load<i32>(offsets + (<usize>b << 2)); k < end; k++) {
      const row = load<i32>(indices + (<usize>k << 2));
      if (row >= 0) addScaled(out, table + <usize>row * bytes, load<f32>(weights + (<usize>k << 2)), columns);
    }
    out += bytes;
  }
}

/** to += weight * from, `columns` floats. */
// @ts-ignore: decorator
@inline
export function addScaled(to: usize, from: usize, weight: f32, columns: i32): void {
  const whole = columns & ~3;
  const w = f32x4.splat(weight);
  for (let c = 0; c < whole; c += 4) {
    const at = <usize>c << 2;
    v128.store(to + at, f32x4.add(v128.load(to + at), f32x4.mul(w, v128.load(from + at))));
  }
  for (let c = whole; c < columns; c++) {
    const at = <usize>c << 2;
    store<f32>(to + at, load<f32>(to + at) + weight * load<f32>(from + at));
  }
}

/** sums[indices[k]] += x[k], rows of `columns` floats; indices outside 0 .. rows - 1 are dropped. */
export function addRows(x: usize, columns: i32, indices: usize, count: i32, sums: usize, rows: i32): void {
  const bytes = <usize>columns << 2;
  const whole = columns & ~3;
  for (let k = 0; k < count; k++) {
    const row = load<i32>(indices + (<usize>k << 2));
    if (<u32>row < <u32>rows) {
      const to = sums + <usize>row * bytes;
      for (let c = 0; c < whole; c += 4) {
        const at = <usize>c << 2;
        v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(x + at)));
      }
      for (let c = whole; c < columns; c++) {
        const at = <usize>c << 2;
        store<f32>(to + at, load<f32>(to + at) + load<f32>(x + at));
      }
    }
    x += bytes;
  }
}

/** Copies `rows` runs of `bytes` bytes between two strided places: concatenating and splitting along an inner axis. */
export function copyRuns(from: usize, fromStride: usize, to: usize, toStride: usize, bytes: usize, rows: i32): void {
  for (let r = 0; r < rows; r++) {
    memory.copy(to, from, bytes);
    from += fromStride;
    to += toStride;
  }
}
