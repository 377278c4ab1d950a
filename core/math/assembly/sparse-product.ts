import { addRows, addScaled } from './vector';

// Products of a sparse matrix (offsets, indices, values of its rows) and a dense one.

/** Bytes of 16 columns, one line of the cache. */
const SLICE: usize = 64;

/**
 * out = (sparse x) * b for a b [height x stride] larger than the cache. Tasks are blocks of 16 columns times `parts` ranges
 * of x's `rows` rows: the block of b is laid out anew in `scratch` (64 bytes a row), where the rows of x find it near.
 * `stride` is a multiple of 16 and out's row length, too; what lies behind `columns` becomes NaN. Where there is a `total`,
 * it becomes scale * (total + out).
 */
export function sparseProductBlocks(
  begin: i32,
  end: i32,
  scratch: usize,
  offsets: usize,
  indices: usize,
  values: usize,
  rows: i32,
  b: usize,
  height: i32,
  columns: i32,
  stride: i32,
  out: usize,
  parts: i32,
  total: usize,
  scale: f32,
): void {
  const bytes = <usize>stride << 2;
  for (let task = begin; task < end; task++) {
    const block = task / parts;
    const part = task % parts;
    const first = <i32>((<i64>rows * part) / parts);
    const last = <i32>((<i64>rows * (part + 1)) / parts);
    const column = <usize>block * SLICE;
    if (task == begin || part == 0) {
      for (let i = 0; i < height; i++) memory.copy(scratch + <usize>i * SLICE, b + <usize>i * bytes + column, SLICE);
    }
    let k = load<u32>(offsets + (<usize>first << 2));
    for (let r = first; r < last; r++) {
      const to = load<u32>(offsets + (<usize>r << 2), 4);
      let a0 = f32x4.splat(0);
      let a1 = f32x4.splat(0);
      let a2 = f32x4.splat(0);
      let a3 = f32x4.splat(0);
      for (; k < to; k++) {
        const w = v128.load32_splat(values + (<usize>k << 2));
        const y = scratch + <usize>load<u32>(indices + (<usize>k << 2)) * SLICE;
        a0 = f32x4.add(a0, f32x4.mul(w, v128.load(y)));
        a1 = f32x4.add(a1, f32x4.mul(w, v128.load(y, 16)));
        a2 = f32x4.add(a2, f32x4.mul(w, v128.load(y, 32)));
        a3 = f32x4.add(a3, f32x4.mul(w, v128.load(y, 48)));
      }
      const place = <usize>r * bytes + column;
      const target = out + place;
      v128.store(target, a0);
      v128.store(target, a1, 16);
      v128.store(target, a2, 32);
      v128.store(target, a3, 48);
      if (total) addToTotal(total + place, target, SLICE, scale);
    }
    for (let c = max(columns, block * 16); c < (block + 1) * 16; c++) {
      for (let r = first; r < last; r++) store<f32>(out + <usize>r * bytes + (<usize>c << 2), NaN);
    }
  }
}

/** total = scale * (total + added). */
// @ts-ignore: decorator
@inline
function addToTotal(total: usize, added: usize, bytes: usize, scale: f32): void {
  const s = f32x4.splat(scale);
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(total + at, f32x4.mul(s, f32x4.add(v128.load(total + at), v128.load(added + at))));
  }
}

/** Tasks are rows of out = (sparse) * b, all of `columns` columns; where there is a `total`, it becomes scale * (total + out). */
export function sparseProduct(
  begin: i32,
  end: i32,
  scratch: usize,
  offsets: usize,
  indices: usize,
  values: usize,
  b: usize,
  columns: i32,
  out: usize,
  total: usize,
  scale: f32,
): void {
  const bytes = <usize>columns << 2;
  for (let r = begin; r < end; r++) {
    const target = out + <usize>r * bytes;
    multiplyRow(r, offsets, indices, values, b, bytes, target);
    if (total) addToTotal(total + <usize>r * bytes, target, bytes, scale);
  }
}

/** Row r of (sparse) * b, in columns of 1024 at a time so that what is summed stays near. */
// @ts-ignore: decorator
@inline
function multiplyRow(
  r: i32,
  offsets: usize,
  indices: usize,
  values: usize,
  b: usize,
  bytes: usize,
  target: usize,
): void {
  const from = load<u32>(offsets + (<usize>r << 2));
  const to = load<u32>(offsets + (<usize>r << 2), 4);
  memory.fill(target, 0, bytes);
  for (let column: usize = 0; column < bytes; column += 4096) {
    const width = min<usize>(4096, bytes - column);
    const base = b + column;
    let k = from;
    for (; k + 4 <= to; k += 4) {
      const at = indices + (<usize>k << 2);
      addRows(
        target + column,
        base + <usize>load<u32>(at) * bytes,
        base + <usize>load<u32>(at, 4) * bytes,
        base + <usize>load<u32>(at, 8) * bytes,
        base + <usize>load<u32>(at, 12) * bytes,
        v128.load(values + (<usize>k << 2)),
        width,
      );
    }
    for (; k < to; k++) {
      const row = base + <usize>load<u32>(indices + (<usize>k << 2)) * bytes;
      addScaled(target + column, row, load<f32>(values + (<usize>k << 2)), width);
    }
  }
}
