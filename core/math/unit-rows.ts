import type { Matrix } from '../spi/index.ts';

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
