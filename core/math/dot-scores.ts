import type { ItemSet, Matrix } from '../spi/index.ts';
import { dot } from './dot.ts';

/**
 * Scores of an item set in its layout: the dot product of each query's vector with its items', where row r of `vectors`
 * is the r-th item of the set. NaN where either vector is NaN.
 */
export const dotScores = (queries: Matrix, items: ItemSet, vectors: Matrix): Float32Array => {
  const width = queries.columns;
  const rows = vectors.rows;
  const scores = new Float32Array(items.kind === 'shared' ? queries.rows * rows : rows);
  for (let q = 0; q < queries.rows; q++) {
    const from = items.kind === 'shared' ? 0 : items.offsets[q]!;
    const to = items.kind === 'shared' ? rows : items.offsets[q + 1]!;
    const base = items.kind === 'shared' ? q * rows : 0;
    for (let r = from; r < to; r++) {
      scores[base + r] = dot(queries.data, q * width, vectors.data, r * width, width);
    }
  }
  return scores;
};

/** Rows scaled to unit length; a row of length 0, or with NaN, becomes NaN. */
export const unitRows = (matrix: Matrix): Matrix => {
  const data = new Float32Array(matrix.data.length);
  const { rows, columns } = matrix;
  for (let r = 0; r < rows; r++) {
    let squares = 0;
    for (let d = 0; d < columns; d++) squares += matrix.data[r * columns + d]! ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : Number.NaN;
    for (let d = 0; d < columns; d++) data[r * columns + d] = matrix.data[r * columns + d]! * scale;
  }
  return { rows, columns, data };
};
