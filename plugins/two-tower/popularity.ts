import type { Csr, Matrix } from 'recograph';

/** Makes row i of unit vectors (positives of item i + 1)^exponent long, in place. */
export const lengthenByPopularity = (items: Matrix, positives: Csr, exponent: number): void => {
  const counts = new Float64Array(items.rows).fill(1);
  for (const item of positives.indices) counts[item]! += 1;
  for (let k = 0; k < items.data.length; k++) items.data[k]! *= counts[Math.floor(k / items.columns)]! ** exponent;
};
