import type { QueryBatch } from 'recograph';

/** The batch as a model without cold items may see it: events of items behind the vocabulary are left out. */
export const withoutColdHistory = (queries: QueryBatch, itemCount: number): QueryBatch => {
  const { histories } = queries;
  if (histories.items.every((item) => item < itemCount)) return queries;
  const kept = Uint32Array.from(histories.items.keys()).filter((k) => histories.items[k]! < itemCount);
  const offsets = new Uint32Array(histories.offsets.length);
  let place = 0;
  for (let q = 1; q < offsets.length; q++) {
    while (place < kept.length && kept[place]! < histories.offsets[q]!) place++;
    offsets[q] = place;
  }
  return {
    ...queries,
    histories: {
      offsets,
      items: Int32Array.from(kept, (k) => histories.items[k]!),
      values: Float32Array.from(kept, (k) => histories.values[k]!),
      weights: Float32Array.from(kept, (k) => histories.weights[k]!),
      times: Float64Array.from(kept, (k) => histories.times[k]!),
      types: Uint8Array.from(kept, (k) => histories.types[k]!),
    },
  };
};
