import { addRows, addScaled } from './vector';

// Products of a sparse matrix (offsets, indices, values of its rows) and a dense one.

/** Bytes of 16 columns, one line of the cache. */
const SLICE: usize = 64;

/**
 * Tasks are blocks of 16 columns of out = (sparse x) * b, for a b [columns x stride] larger than the cache: a block of
 * it is laid out anew in `scratch` (64 bytes a row), where all `rows` rows of x find it near. `stride` is a multiple
 * of 16 and out's row length, too; what lies behind `columns` becomes NaN.
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
  columns: i32,
  stride: i32,
  out: usize,
): void {
  const bytes = <usize>stride << 2;
  for (let block = begin; block < end; block++) {
    const column = <usize>block * SLICE;
    for (let i = 0; i < columns; i++) memory.copy(scratch + <usize>i * SLICE, b + <usize>i * bytes + column, SLICE);
    let k = load<u32>(offsets);
    for (let r = 0; r < rows; r++) {
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
      const target = out + <usize>r * bytes + column;
      v128.store(target, a0);
      v128.store(target, a1, 16);
      v128.store(target, a2, 32);
      v128.store(target, a3, 48);
    }
    for (let c = max(columns, block * 16); c < (block + 1) * 16; c++) {
      for (let r = 0; r < rows; r++) store<f32>(out + <usize>r * bytes + (<usize>c << 2), NaN);
    }
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
  const s = f32x4.splat(scale);
  for (let r = begin; r < end; r++) {
    const target = out + <usize>r * bytes;
    multiplyRow(r, offsets, indices, values, b, bytes, target);
    if (!total) continue;
    const sum = total + <usize>r * bytes;
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(sum + at, f32x4.mul(s, f32x4.add(v128.load(sum + at), v128.load(target + at))));
    }
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
