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
  const x = new Float64Array(n);
  x[n - 1] = 1;
  let used = 0;
  for (let i = 0; i < vectors.rows; i++) {
    const weight = weights[i]!;
    if (!teaches(vectors, factors, weights, i)) continue;
    const v = factors.data.subarray(i * m, (i + 1) * m);
    x.set(vectors.data.subarray(i * vectors.columns, (i + 1) * vectors.columns));
    used++;
    for (let a = 0; a < n; a++) {
      const scaled = weight * x[a]!;
      if (scaled === 0) continue;
      for (let b = 0; b < n; b++) gram[a * n + b]! += scaled * x[b]!;
      for (let c = 0; c < m; c++) right[a * m + c]! += scaled * v[c]!;
    }
  }
  if (used === 0) return undefined;
  for (let a = 0; a < n - 1; a++) gram[a * n + a]! += regularization;
  const solved = solveSpd(gram, right, n, m);
  const inverse = withInverse ? solveSpd(gram, identity(n), n, n) : undefined;
  return solved && { mapping: { rows: n, columns: m, data: Float32Array.from(solved) }, ...(inverse && { inverse }) };
};

const teaches = (vectors: Matrix, factors: Matrix, weights: Float64Array, i: number): boolean => {
  const finite = ({ columns, data }: Matrix) => data.subarray(i * columns, (i + 1) * columns).every(Number.isFinite);
  return weights[i]! > 0 && finite(vectors) && finite(factors);
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
  const x = new Float64Array(n);
  x[n - 1] = 1;
  for (let i = 0; i < rows; i++) {
    if (!teaches(vectors, factors, weights, i)) continue;
    x.set(vectors.data.subarray(i * vectors.columns, (i + 1) * vectors.columns));
    let form = 0;
    for (let a = 0; a < n; a++) {
      if (x[a] === 0) continue;
      let sum = 0;
      for (let b = 0; b < n; b++) sum += inverse[a * n + b]! * x[b]!;
      form += x[a]! * sum;
    }
    const own = weights[i]! * form;
    // Alone in what it teaches: without it nothing is known of it, and the mapping's own answer stands.
    if (!(own < 1 - 1e-9)) continue;
    for (let c = 0; c < columns; c++) {
      data[i * columns + c] = (data[i * columns + c]! - own * factors.data[i * columns + c]!) / (1 - own);
    }
  }
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
