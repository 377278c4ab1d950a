/** a [width x width] += y'y over `rows` contiguous rows; the upper triangle in 4 x 8 tiles. `width` is a multiple of 8. */
export function addGram(a: usize, y: usize, rows: i32, width: i32): void {
  const bytes = <usize>width << 2;
  for (let i = 0; i < width; i += 4) {
    for (let j = i & ~7; j < width; j += 8) addTile(a + i * bytes + (<usize>j << 2), y, i, j, rows, bytes);
  }
}

function addTile(tile: usize, y: usize, i: i32, j: i32, rows: i32, bytes: usize): void {
  const r1 = tile + bytes;
  const r2 = r1 + bytes;
  const r3 = r2 + bytes;
  let a0 = v128.load(tile);
  let b0 = v128.load(tile, 16);
  let a1 = v128.load(r1);
  let b1 = v128.load(r1, 16);
  let a2 = v128.load(r2);
  let b2 = v128.load(r2, 16);
  let a3 = v128.load(r3);
  let b3 = v128.load(r3, 16);
  let left = y + (<usize>i << 2);
  let right = y + (<usize>j << 2);
  for (let r = 0; r < rows; r++) {
    const p = v128.load(right);
    const q = v128.load(right, 16);
    const s0 = v128.load_splat<f32>(left);
    a0 = f32x4.add(a0, f32x4.mul(s0, p));
    b0 = f32x4.add(b0, f32x4.mul(s0, q));
    const s1 = v128.load_splat<f32>(left, 4);
    a1 = f32x4.add(a1, f32x4.mul(s1, p));
    b1 = f32x4.add(b1, f32x4.mul(s1, q));
    const s2 = v128.load_splat<f32>(left, 8);
    a2 = f32x4.add(a2, f32x4.mul(s2, p));
    b2 = f32x4.add(b2, f32x4.mul(s2, q));
    const s3 = v128.load_splat<f32>(left, 12);
    a3 = f32x4.add(a3, f32x4.mul(s3, p));
    b3 = f32x4.add(b3, f32x4.mul(s3, q));
    left += bytes;
    right += bytes;
  }
  v128.store(tile, a0);
  v128.store(tile, b0, 16);
  v128.store(r1, a1);
  v128.store(r1, b1, 16);
  v128.store(r2, a2);
  v128.store(r2, b2, 16);
  v128.store(r3, a3);
  v128.store(r3, b3, 16);
}

/** Tasks are blocks of `blockRows` rows; block b's share of y'y goes to `partials[b]`. */
export function gramPartials(
  begin: i32,
  end: i32,
  scratch: usize,
  y: usize,
  rows: i32,
  width: i32,
  blockRows: i32,
  partials: usize,
): void {
  const bytes = <usize>width << 2;
  const square = bytes * width;
  for (let b = begin; b < end; b++) {
    const out = partials + b * square;
    memory.fill(out, 0, square);
    const last = min(rows, (b + 1) * blockRows);
    for (let r = b * blockRows; r < last; r += 64) addGram(out, y + r * bytes, min(64, last - r), width);
  }
}

/** Tasks are rows of the result: out = scale * sum of the partials, in their order; then the lower triangle. */
export function gramSum(
  begin: i32,
  end: i32,
  scratch: usize,
  partials: usize,
  blocks: i32,
  width: i32,
  scale: f32,
  out: usize,
): void {
  const bytes = <usize>width << 2;
  const square = bytes * width;
  for (let i = begin; i < end; i++) {
    for (let j = i; j < width; j++) {
      let total: f64 = 0;
      let at = partials + i * bytes + (<usize>j << 2);
      for (let b = 0; b < blocks; b++, at += square) total += <f64>load<f32>(at);
      const value = <f32>(total * <f64>scale);
      store<f32>(out + i * bytes + (<usize>j << 2), value);
      store<f32>(out + j * bytes + (<usize>i << 2), value);
    }
  }
}
