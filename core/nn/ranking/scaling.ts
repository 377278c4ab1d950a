import type { Matrix } from '../../spi/index.ts';

/** What a column looked like while fitting. */
export interface Scaling {
  readonly means: Float64Array;
  /** 1 / standard deviation; 0 for a column that never changed. */
  readonly scales: Float64Array;
  /** 1 where the column was missing somewhere, and so has an indicator. */
  readonly indicators: Uint8Array;
}

/** Mean and population standard deviation over the finite values of each column. */
export const scalingOf = ({ rows, columns, data }: Matrix): Scaling => {
  const means = new Float64Array(columns);
  const squares = new Float64Array(columns);
  const counts = new Float64Array(columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const value = data[r * columns + c]!;
      if (!Number.isFinite(value)) continue;
      counts[c]!++;
      const delta = value - means[c]!;
      means[c]! += delta / counts[c]!;
      squares[c]! += delta * (value - means[c]!);
    }
  }
  const scales = Float64Array.from(squares, (sum, c) => (sum > 0 ? Math.sqrt(counts[c]! / sum) : 0));
  return { means, scales, indicators: Uint8Array.from(counts, (count) => (count < rows ? 1 : 0)) };
};

/**
 * Standardised columns, then one 0/1 indicator a column; [rows x 2 columns]. A missing value is the column's mean
 * (0) with its indicator set, where the column has one. `placeOf[c]` is where column c stands in the matrix, -1 =
 * nowhere: missing in every row.
 */
export const standardised = (matrix: Matrix, placeOf: Int32Array, scaling: Scaling): Float32Array => {
  const columns = placeOf.length;
  const result = new Float32Array(matrix.rows * 2 * columns);
  for (let r = 0; r < matrix.rows; r++) {
    const target = r * 2 * columns;
    for (let c = 0; c < columns; c++) {
      const value = placeOf[c]! < 0 ? Number.NaN : matrix.data[r * matrix.columns + placeOf[c]!]!;
      if (Number.isFinite(value)) result[target + c] = (value - scaling.means[c]!) * scaling.scales[c]!;
      else result[target + columns + c] = scaling.indicators[c]!;
    }
  }
  return result;
};
