import type { Csr, QueryBatch } from '../spi/index.ts';
import { csrFromTriplets } from './csr.ts';

/**
 * Positives of the histories as [queries x items], repeated events summed by weight: what `Dataset.positives()` is
 * for users. Items outside 0 .. items - 1 are left out.
 */
export const historyMatrix = ({ size, histories }: QueryBatch, items: number): Csr => {
  const rows = new Int32Array(histories.items.length);
  const weights = histories.weights.slice();
  for (let q = 0; q < size; q++) rows.fill(q, histories.offsets[q], histories.offsets[q + 1]);
  for (let k = 0; k < weights.length; k++) {
    if (histories.items[k]! < 0 || histories.items[k]! >= items) weights[k] = 0;
  }
  return csrFromTriplets(size, items, rows, histories.items, weights);
};
