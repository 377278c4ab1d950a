import type { Csr, Matrix } from 'recograph';

/** Makes row i of unit vectors (positives of item i + 1)^exponent long, in place. */
export const lengthenByPopularity = ({ rows, columns, data }: Matrix, { indices }: Csr, exponent: number): void => {
  const counts = new Float64Array(rows).fill(1);
  for (const item of indices) counts[item]! += 1;
  for (let row = 0; row < rows; row++) {
    const length = counts[row]! ** exponent;
    for (let k = row * columns; k < (row + 1) * columns; k++) data[k]! *= length;
  }
};
