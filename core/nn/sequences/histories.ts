import type { Dataset, QueryBatch, Ragged } from '../../spi/index.ts';

/** What each user chose (weight > 0), oldest first: row u is user u's sequence of items. */
export const positiveSequences = (data: Dataset): Ragged => {
  const { items, weights, userOffsets } = data.interactions;
  return positivesOf(userOffsets, items, weights, data.items.size);
};

/** The same of each query's history; items outside the vocabulary are left out. */
export const querySequences = ({ histories }: QueryBatch, itemCount: number): Ragged =>
  positivesOf(histories.offsets, histories.items, histories.weights, itemCount);

const positivesOf = (from: Uint32Array, items: Int32Array, weights: Float32Array, itemCount: number): Ragged => {
  const offsets = new Uint32Array(from.length);
  const values = new Int32Array(from.at(-1) ?? 0);
  let count = 0;
  for (let row = 0; row + 1 < from.length; row++) {
    for (let k = from[row]!; k < from[row + 1]!; k++) {
      const item = items[k]!;
      if (weights[k]! > 0 && item >= 0 && item < itemCount) values[count++] = item;
    }
    offsets[row + 1] = count;
  }
  return { offsets, values: values.subarray(0, count) };
};
