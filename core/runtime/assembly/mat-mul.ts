// C [m x n] = op(A) op(B), single precision. B is packed into panels of 8 columns, C is computed in 4 x 8 tiles that
// stay in registers. Element (r, c) of an operand lies at base + 4 * (r * rowStride + c * columnStride), so that
// transposed operands need no copy.

/** Blocks of the inner and the column dimension: a packed block of B (256 KB) stays in the second-level cache. */
const INNER: i32 = 256;
const COLUMNS: i32 = 256;

/** `scratch` holds 4 * (256 * 256 + 32) bytes. */
export function matMul(
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aColumn: i32,
  b: usize, bRow: i32, bColumn: i32,
  c: usize, scratch: usize,
): void {
  const tile = scratch + (<usize>(INNER * COLUMNS) << 2);
  for (let j0 = 0; j0 < n; j0 += COLUMNS) {
    const columns = min(COLUMNS, n - j0);
    for (let k0 = 0; k0 < k; k0 += INNER) {
      const inner = min(INNER, k - k0);
      pack(b + (<usize>(k0 * bRow + j0 * bColumn) << 2), bRow, bColumn, inner, columns, scratch);
      const accumulate = k0 > 0;
      for (let i = 0; i < m; i += 4) {
        const rows = min(4, m - i);
        const from = a + (<usize>(i * aRow + k0 * aColumn) << 2);
        // A row beyond the last repeats the last; its result is not stored.
        const a1 = from + (<usize>(min(1, rows - 1) * aRow) << 2);
        const a2 = from + (<usize>(min(2, rows - 1) * aRow) << 2);
        const a3 = from + (<usize>(min(3, rows - 1) * aRow) << 2);
        for (let j = 0; j < columns; j += 8) {
          const panel = scratch + (<usize>(j * inner) << 2);
          const to = c + (<usize>(i * n + j0 + j) << 2);
          if (rows == 4 && columns - j >= 8) {
            multiplyTile(from, a1, a2, a3, <usize>aColumn << 2, panel, inner, to, <usize>n << 2, accumulate);
          } else {
            multiplyTile(from, a1, a2, a3, <usize>aColumn << 2, panel, inner, tile, 32, false);
            storePart(tile, to, n, rows, min(8, columns - j), accumulate);
          }
        }
      }
    }
  }
}

/** Panels of 8 columns, each [inner x 8]; columns beyond the last are zero. */
function pack(b: usize, bRow: i32, bColumn: i32, inner: i32, columns: i32, to: usize): void {
  for (let j = 0; j < columns; j += 8) {
    const width = min(8, columns - j);
    let from = b + (<usize>(j * bColumn) << 2);
    if (width == 8 && bColumn == 1) {
      for (let r = 0; r < inner; r++) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
        from += <usize>bRow << 2;
        to += 32;
      }
    } else if (width == 8 && bRow == 1) {
      to = packTransposed(from, <usize>bColumn << 2, inner, to);
    } else {
      for (let r = 0; r < inner; r++) {
        for (let x = 0; x < 8; x++) {
          store<f32>(to + (<usize>x << 2), x < width ? load<f32>(from + (<usize>(x * bColumn) << 2)) : 0);
        }
        from += <usize>bRow << 2;
        to += 32;
      }
    }
  }
}

/** A panel of 8 columns whose elements lie one behind another, 4 x 4 of them turned at a time. */
function packTransposed(from: usize, column: usize, inner: i32, to: usize): usize {
  let r = 0;
  for (; r + 4 <= inner; r += 4) {
    for (let half: usize = 0; half < 2; half++) {
      const at = from + half * 4 * column;
      const a = v128.load(at);
      const b = v128.load(at + column);
      const c = v128.load(at + 2 * column);
      const d = v128.load(at + 3 * column);
      const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
      const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      const out = to + half * 16;
      v128.store(out, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
      v128.store(out, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7), 32);
      v128.store(out, v128.shuffle<f32>(ab2, cd2, 0, 1, 4, 5), 64);
      v128.store(out, v128.shuffle<f32>(ab2, cd2, 2, 3, 6, 7), 96);
    }
    from += 16;
    to += 128;
  }
  for (; r < inner; r++) {
    for (let x: usize = 0; x < 8; x++) store<f32>(to + (x << 2), load<f32>(from + x * column));
    from += 4;
    to += 32;
  }
  return to;
}

// @ts-ignore: decorator
@inline
function multiplyTile(
  a0: usize, a1: usize, a2: usize, a3: usize, step: usize,
  panel: usize, inner: i32, to: usize, stride: usize, accumulate: bool,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  for (let r = 0; r < inner; r++) {
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, 16);
    panel += 32;
    let x = v128.load32_splat(a0);
    c00 = f32x4.add(c00, f32x4.mul(x, b0));
    c01 = f32x4.add(c01, f32x4.mul(x, b1));
    x = v128.load32_splat(a1);
    c10 = f32x4.add(c10, f32x4.mul(x, b0));
    c11 = f32x4.add(c11, f32x4.mul(x, b1));
    x = v128.load32_splat(a2);
    c20 = f32x4.add(c20, f32x4.mul(x, b0));
    c21 = f32x4.add(c21, f32x4.mul(x, b1));
    x = v128.load32_splat(a3);
    c30 = f32x4.add(c30, f32x4.mul(x, b0));
    c31 = f32x4.add(c31, f32x4.mul(x, b1));
    a0 += step;
    a1 += step;
    a2 += step;
    a3 += step;
  }
  storeRow(to, c00, c01, accumulate);
  storeRow(to + stride, c10, c11, accumulate);
  storeRow(to + 2 * stride, c20, c21, accumulate);
  storeRow(to + 3 * stride, c30, c31, accumulate);
}

// @ts-ignore: decorator
@inline
function storeRow(to: usize, left: v128, right: v128, accumulate: bool): void {
  if (accumulate) {
    left = f32x4.add(left, v128.load(to));
    right = f32x4.add(right, v128.load(to, 16));
  }
  v128.store(to, left);
  v128.store(to, right, 16);
}

function storePart(tile: usize, to: usize, n: i32, rows: i32, columns: i32, accumulate: bool): void {
  for (let r = 0; r < rows; r++) {
    for (let x = 0; x < columns; x++) {
      const place = to + (<usize>(r * n + x) << 2);
      const value = load<f32>(tile + (<usize>(r * 8 + x) << 2));
      store<f32>(place, accumulate ? load<f32>(place) + value : value);
    }
  }
}
