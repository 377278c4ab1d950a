import type { Matrix } from 'recograph';

/** These rows, in that order. */
export const pickRows = ({ columns, data }: Matrix, rows: Int32Array): Matrix => {
  const picked = new Float32Array(rows.length * columns);
  rows.forEach((row, r) => {
    picked.set(data.subarray(row * columns, (row + 1) * columns), r * columns);
  });
  return { rows: rows.length, columns, data: picked };
};

/** Row rows[k] of `to` grows by row k of `values`. */
export const addRows = ({ columns, data }: Matrix, rows: Int32Array, values: Float32Array): void => {
  let k = 0;
  for (const row of rows) {
    const to = row * columns;
    for (let c = 0; c < columns; c++) data[to + c]! += values[k++]!;
  }
};

/** Gives every row the length it had to the power of `exponent`, in place; a row of zeros stays one. */
export const raiseLengths = ({ rows, columns, data }: Matrix, exponent: number): void => {
  for (let r = 0; r < rows; r++) {
    let squares = 0;
    for (let k = r * columns; k < (r + 1) * columns; k++) squares += data[k]! * data[k]!;
    if (squares === 0) continue;
    const scale = squares ** ((exponent - 1) / 2);
    for (let k = r * columns; k < (r + 1) * columns; k++) data[k]! *= scale;
  }
};
