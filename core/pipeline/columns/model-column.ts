import { placesWhere, take } from '../lists.ts';
import { meanRank, rankedOrder } from '../ranked-order.ts';
import type { ColumnBlock } from './feature-columns.ts';

/** `MODEL.score`: the model's score of each candidate; NaN where it has none. */
export const scoreColumn = (model: string): ColumnBlock => ({
  names: [`${model}.score`],
  write: async (rows, { data, stride, at }) => {
    const scores = await rows.scores(model);
    for (let r = 0; r < scores.length; r++) data[r * stride + at] = scores[r]!;
  },
});

/**
 * `MODEL.rank`: log2(1 + rank), where rank is 1 for the query's candidate that the model scores highest; equal scores
 * share the mean of their ranks; NaN where it has no score. The logarithm keeps the first places apart and the last
 * ones together, as DCG's discount does; a plain rank of hundreds of candidates is all tail once it is standardised.
 */
export const rankColumn = (model: string): ColumnBlock => ({
  names: [`${model}.rank`],
  write: async (rows, { data, stride, at }) => {
    const scores = await rows.scores(model);
    for (let q = 0; q + 1 < rows.offsets.length; q++) {
      const from = rows.offsets[q]!;
      const own = scores.subarray(from, rows.offsets[q + 1]!);
      const scored = placesWhere(own.length, (k) => Number.isFinite(own[k]!));
      const kept = take({ items: rows.indices.subarray(from), scores: own }, scored);
      const order = rankedOrder(kept.items, kept.scores);
      for (let first = 0, end = 0; first < order.length; first = end) {
        while (end < order.length && kept.scores[order[end]!] === kept.scores[order[first]!]) end++;
        const value = Math.log2(1 + meanRank(first, end));
        for (let k = first; k < end; k++) data[(from + scored[order[k]!]!) * stride + at] = value;
      }
    }
  },
});
