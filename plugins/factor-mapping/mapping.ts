import type { Matrix } from 'recograph';
import { solveSpd } from 'recograph/math';

/**
 * W [(width + 1) x factors], its last row the intercept: the minimum of
 *   sum over items i of weight(i) |v(i) - W'(x(i), 1)|^2 + regularization |W without the intercept|^2
 * Items with weight 0 or a NaN in x or v are left out. undefined where no item is left.
 */
export const fitMapping = (
  vectors: Matrix,
  factors: Matrix,
  weights: Float64Array,
  regularization: number,
): Matrix | undefined => {
  const n = vectors.columns + 1;
  const m = factors.columns;
  const gram = new Float64Array(n * n);
  const right = new Float64Array(n * m);
  const x = new Float64Array(n);
  x[n - 1] = 1;
  let used = 0;
  for (let i = 0; i < vectors.rows; i++) {
    const weight = weights[i]!;
    const v = factors.data.subarray(i * m, (i + 1) * m);
    x.set(vectors.data.subarray(i * vectors.columns, (i + 1) * vectors.columns));
    if (!(weight > 0) || x.some(Number.isNaN) || v.some(Number.isNaN)) continue;
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
  return solved && { rows: n, columns: m, data: Float32Array.from(solved) };
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
