import type { ItemSet, QueryBatch } from '../spi/index.ts';

/**
 * Scores of an item set in its layout: `fill` writes one query's scores for `indices` into `scores`,
 * place by place. Both are views into the batch, as long as each other.
 */
export const scoreRows = (
  queries: QueryBatch,
  items: ItemSet,
  fill: (query: number, indices: Int32Array, scores: Float32Array) => void,
): Float32Array => {
  const { indices } = items;
  const scores = new Float32Array(items.kind === 'shared' ? queries.size * indices.length : indices.length);
  for (let q = 0; q < queries.size; q++) {
    if (items.kind === 'shared') {
      fill(q, indices, scores.subarray(q * indices.length, (q + 1) * indices.length));
    } else {
      const from = items.offsets[q]!;
      const to = items.offsets[q + 1]!;
      fill(q, indices.subarray(from, to), scores.subarray(from, to));
    }
  }
  return scores;
};
