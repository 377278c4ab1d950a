import { placesWhere, take } from '../lists.ts';
import { rankedOrder } from '../ranked-order.ts';
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
 * `MODEL.rank`: log2(1 + rank), where rank is 1 for the query's candidate that the model scores highest, ties by item;
 * NaN where it has no score. The logarithm keeps the first places apart and the last ones together, as DCG's discount
 * does; a plain rank of hundreds of candidates is all tail once it is standardised.
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
      for (let rank = 0; rank < order.length; rank++)
        data[(from + scored[order[rank]!]!) * stride + at] = Math.log2(rank + 2);
    }
  },
});
