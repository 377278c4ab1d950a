/** Dense square matrices of a few thousand rows; `stride` is their row length in floats, a multiple of 64. */
const BLOCK = 64;
const PANEL_BYTES: usize = BLOCK * 32;

/**
 * Tasks are rows r of x'x + ridge I for sparse x: row r of `offsets`/`indices`/`values` is column r of x (its users),
 * `rowOffsets`/... are x's rows (their items). Rows behind the last get a 1 on the diagonal.
 */
export function sparseGram(
  begin: i32,
  end: i32,
  scratch: usize,
  columns: i32,
  offsets: usize,
  indices: usize,
  values: usize,
  rowOffsets: usize,
  rowIndices: usize,
  rowValues: usize,
  ridge: f32,
  stride: i32,
  out: usize,
): void {
  const bytes = <usize>stride << 2;
  for (let r = begin; r < end; r++) {
    const target = out + <usize>r * bytes;
    const diagonal = target + (<usize>r << 2);
    memory.fill(target, 0, bytes);
    if (r >= columns) {
      store<f32>(diagonal, 1);
      continue;
    }
    const to = load<u32>(offsets + (<usize>r << 2), 4);
    for (let k = load<u32>(offsets + (<usize>r << 2)); k < to; k++) {
      const user = load<u32>(indices + (<usize>k << 2));
      const value = load<f32>(values + (<usize>k << 2));
      const last = load<u32>(rowOffsets + (<usize>user << 2), 4);
      for (let e = load<u32>(rowOffsets + (<usize>user << 2)); e < last; e++) {
        const cell = target + (<usize>load<u32>(rowIndices + (<usize>e << 2)) << 2);
        store<f32>(cell, load<f32>(cell) + value * load<f32>(rowValues + (<usize>e << 2)));
      }
    }
    store<f32>(diagonal, load<f32>(diagonal) + ridge);
  }
}

/** One task: the inverse of diagonal block k, into `pivot` [64 x 64], in float64; NaN where it is not positive. */
export function invertPivot(begin: i32, end: i32, scratch: usize, a: usize, stride: i32, k: i32, pivot: usize): void {
  const bytes = <usize>stride << 2;
  const corner = a + <usize>(k * BLOCK) * bytes + (<usize>(k * BLOCK) << 2);
  const m = scratch;
  for (let i = 0; i < BLOCK; i++) {
    for (let j = 0; j < BLOCK; j++) {
      store<f64>(m + (<usize>(i * BLOCK + j) << 3), <f64>load<f32>(corner + <usize>i * bytes + (<usize>j << 2)));
    }
  }
  for (let p = 0; p < BLOCK; p++) {
    const row = m + (<usize>(p * BLOCK) << 3);
    const value = load<f64>(row + (<usize>p << 3));
    const inverse = value > 0 ? 1.0 / value : NaN;
    store<f64>(row + (<usize>p << 3), 1);
    for (let j: usize = 0; j < <usize>BLOCK << 3; j += 8) store<f64>(row + j, load<f64>(row + j) * inverse);
    for (let i = 0; i < BLOCK; i++) {
      if (i == p) continue;
      const other = m + (<usize>(i * BLOCK) << 3);
      const factor = load<f64>(other + (<usize>p << 3));
      store<f64>(other + (<usize>p << 3), 0);
      for (let j: usize = 0; j < <usize>BLOCK << 3; j += 8) {
        store<f64>(other + j, load<f64>(other + j) - factor * load<f64>(row + j));
      }
    }
  }
  for (let i: usize = 0; i < <usize>(BLOCK * BLOCK); i++) store<f32>(pivot + (i << 2), <f32>load<f64>(m + (i << 3)));
}

/** Tasks are panels of 8 columns: panels[task] [64 x 8] = pivot * (block row k); in block k itself the pivot. */
export function invertPanels(
  begin: i32,
  end: i32,
  scratch: usize,
  a: usize,
  stride: i32,
  k: i32,
  pivot: usize,
  panels: usize,
): void {
  const bytes = <usize>stride << 2;
  for (let panel = begin; panel < end; panel++) {
    const target = panels + <usize>panel * PANEL_BYTES;
    const inside = panel * 8 - k * BLOCK;
    if (inside >= 0 && inside < BLOCK) {
      for (let i = 0; i < BLOCK; i++) {
        memory.copy(target + (<usize>i << 5), pivot + (<usize>(i * BLOCK + inside) << 2), 32);
      }
      continue;
    }
    const source = a + <usize>(k * BLOCK) * bytes + (<usize>panel << 5);
    for (let i = 0; i < BLOCK; i++) {
      let p = f32x4.splat(0);
      let q = f32x4.splat(0);
      let row = source;
      const left = pivot + (<usize>(i * BLOCK) << 2);
      for (let t: usize = 0; t < <usize>BLOCK; t++) {
        const s = v128.load_splat<f32>(left + (t << 2));
        p = f32x4.add(p, f32x4.mul(s, v128.load(row)));
        q = f32x4.add(q, f32x4.mul(s, v128.load(row, 16)));
        row += bytes;
      }
      v128.store(target + (<usize>i << 5), p);
      v128.store(target + (<usize>i << 5), q, 16);
    }
  }
}

/** Tasks are groups of 4 rows: block row k becomes the panels, of any other row its share of block k is taken off. */
export function invertRows(
  begin: i32,
  end: i32,
  scratch: usize,
  a: usize,
  stride: i32,
  k: i32,
  panels: usize,
): void {
  const bytes = <usize>stride << 2;
  const count = stride >> 3;
  for (let task = begin; task < end; task++) {
    const rows = a + <usize>(task * 4) * bytes;
    const inside = task * 4 - k * BLOCK;
    if (inside >= 0 && inside < BLOCK) {
      for (let i = 0; i < 4; i++) {
        for (let panel = 0; panel < count; panel++) {
          const source = panels + <usize>panel * PANEL_BYTES + (<usize>(inside + i) << 5);
          memory.copy(rows + <usize>i * bytes + (<usize>panel << 5), source, 32);
        }
      }
      continue;
    }
    for (let i: usize = 0; i < 4; i++) {
      const block = rows + i * bytes + (<usize>(k * BLOCK) << 2);
      memory.copy(scratch + i * 256, block, 256);
      memory.fill(block, 0, 256);
    }
    for (let panel = 0; panel < count; panel++) {
      takeOff(rows + (<usize>panel << 5), bytes, scratch, panels + <usize>panel * PANEL_BYTES);
    }
  }
}

/** tile [4 x 8] -= c [4 x 64] * panel [64 x 8] */
function takeOff(tile: usize, bytes: usize, c: usize, panel: usize): void {
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
  const stop = panel + PANEL_BYTES;
  for (let at = panel; at < stop; at += 32) {
    const p = v128.load(at);
    const q = v128.load(at, 16);
    const s0 = v128.load_splat<f32>(c);
    a0 = f32x4.sub(a0, f32x4.mul(s0, p));
    b0 = f32x4.sub(b0, f32x4.mul(s0, q));
    const s1 = v128.load_splat<f32>(c, 256);
    a1 = f32x4.sub(a1, f32x4.mul(s1, p));
    b1 = f32x4.sub(b1, f32x4.mul(s1, q));
    const s2 = v128.load_splat<f32>(c, 512);
    a2 = f32x4.sub(a2, f32x4.mul(s2, p));
    b2 = f32x4.sub(b2, f32x4.mul(s2, q));
    const s3 = v128.load_splat<f32>(c, 768);
    a3 = f32x4.sub(a3, f32x4.mul(s3, p));
    b3 = f32x4.sub(b3, f32x4.mul(s3, q));
    c += 4;
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

/** Tasks are rows: row r of the inverse p becomes -p[r, j] / p[j, j], 0 on the diagonal and behind the last column. */
export function easeWeights(
  begin: i32,
  end: i32,
  scratch: usize,
  p: usize,
  columns: i32,
  stride: i32,
  scales: usize,
): void {
  const bytes = <usize>stride << 2;
  for (let r = begin; r < end; r++) {
    const row = p + <usize>r * bytes;
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(row + at, f32x4.mul(v128.load(row + at), v128.load(scales + at)));
    }
    store<f32>(row + (<usize>r << 2), 0);
    const end = <usize>columns << 2;
    memory.fill(row + end, 0, bytes - end);
  }
}
