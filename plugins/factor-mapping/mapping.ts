import type { Matrix } from 'recograph';
import { solveSpd } from 'recograph/math';

export interface FittedMapping {
  /** W [(width + 1) x factors], its last row the intercept. */
  readonly mapping: Matrix;
  /** (sum of weight(i) (x(i), 1)(x(i), 1)' + penalty)^-1, [(width + 1) x (width + 1)]; where asked for. */
  readonly inverse?: Float64Array;
}

/**
 * The W at the minimum of
 *   sum over items i of weight(i) |v(i) - W'(x(i), 1)|^2 + regularization |W without the intercept|^2
 * Items with weight 0 or a NaN in x or v are left out. undefined where no item is left.
 */
export const fitMapping = (
  vectors: Matrix,
  factors: Matrix,
  weights: Float64Array,
  regularization: number,
  withInverse = false,
): FittedMapping | undefined => {
  const n = vectors.columns + 1;
  const m = factors.columns;
  const gram = new Float64Array(n * n);
  const right = new Float64Array(n * m);
  let used = 0;
  forEachKnown(vectors, factors, weights, ({ x, v, weight }) => {
    used++;
    for (let a = 0; a < n; a++) {
      const scaled = weight * x[a]!;
      if (scaled === 0) continue;
      for (let b = 0; b < n; b++) gram[a * n + b]! += scaled * x[b]!;
      for (let c = 0; c < m; c++) right[a * m + c]! += scaled * v[c]!;
    }
  });
  if (used === 0) return undefined;
  for (let a = 0; a < n - 1; a++) gram[a * n + a]! += regularization;
  const solved = solveSpd(gram, right, n, m);
  const inverse = withInverse ? solveSpd(gram, identity(n), n, n) : undefined;
  return solved && { mapping: { rows: n, columns: m, data: Float32Array.from(solved) }, ...(inverse && { inverse }) };
};

interface Known {
  readonly item: number;
  /** (x(item), 1); the same array for every item. */
  readonly x: Float64Array;
  readonly v: Float32Array;
  readonly weight: number;
}

/** The items that the mapping learns from. */
const forEachKnown = (vectors: Matrix, factors: Matrix, weights: Float64Array, visit: (known: Known) => void): void => {
  const rowOf = ({ columns, data }: Matrix, item: number) => data.subarray(item * columns, (item + 1) * columns);
  const x = new Float64Array(vectors.columns + 1).fill(1);
  for (let item = 0; item < vectors.rows; item++) {
    const weight = weights[item]!;
    const v = rowOf(factors, item);
    x.set(rowOf(vectors, item));
    if (weight > 0 && x.every(Number.isFinite) && v.every(Number.isFinite)) visit({ item, x, v, weight });
  }
};

const identity = (n: number): Float64Array => {
  const matrix = new Float64Array(n * n);
  for (let a = 0; a < n; a++) matrix[a * n + a] = 1;
  return matrix;
};

/**
 * What each item would be mapped to had it not been learned from, in closed form (PRESS, Allen 1974):
 *   (W'(x, 1) - h v) / (1 - h),  h = weight (x, 1)' inverse (x, 1)
 * `mapped` as `applyMapping` gave it; items that were left out keep theirs.
 */
export const leaveOneOut = (
  mapped: Matrix,
  vectors: Matrix,
  factors: Matrix,
  weights: Float64Array,
  inverse: Float64Array,
): Matrix => {
  const { rows, columns } = mapped;
  const n = vectors.columns + 1;
  const data = mapped.data.slice();
  forEachKnown(vectors, factors, weights, ({ item, x, v, weight }) => {
    let form = 0;
    for (let a = 0; a < n; a++) {
      if (x[a] === 0) continue;
      let sum = 0;
      for (let b = 0; b < n; b++) sum += inverse[a * n + b]! * x[b]!;
      form += x[a]! * sum;
    }
    const own = weight * form;
    // Alone in what it teaches: without it nothing is known of it, and the mapping's own answer stands.
    if (!(own < 1 - 1e-9)) return;
    for (let c = 0; c < columns; c++) {
      const at = item * columns + c;
      data[at] = (data[at]! - own * v[c]!) / (1 - own);
    }
  });
  return { rows, columns, data };
};

/** W'(x, 1) of each row, [rows x factors]; a row of NaN stays one. */
export const applyMapping = (vectors: Matrix, mapping: Matrix): Matrix => {
  const { rows, columns: width } = vectors;
  const { columns } = mapping;
  const data = new Float32Array(rows * columns);
  const sums = new Float64Array(columns);
  for (let r = 0; r < rows; r++) {
    sums.set(mapping.data.subarray(width * columns));
    for (let d = 0; d < width; d++) {
      const x = vectors.data[r * width + d]!;
      if (x !== 0) for (let c = 0; c < columns; c++) sums[c]! += x * mapping.data[d * columns + c]!;
    }
    data.set(sums, r * columns);
  }
  return { rows, columns, data };
};
