import { limitOf, scoreRows } from '../data/index.ts';
import { topK } from '../math/index.ts';
import type { Dataset, FittedModel } from '../spi/index.ts';

/** What every model is held against: items by the summed weights of their events, the same for everybody. */
export const popularItems = (data: Dataset): FittedModel => {
  const counts = new Float32Array(data.items.size);
  const { items, weights } = data.interactions;
  for (let k = 0; k < items.length; k++) counts[items[k]!]! += Math.max(0, weights[k]!);
  const order = topK(counts, counts.length).items;
  return {
    capabilities: {
      feedback: ['implicit'],
      coldUsers: ['alike'],
      coldItems: false,
      sequential: false,
      context: false,
      calibrated: 'none',
    },
    score: async (queries, asked) =>
      scoreRows(queries, asked, (_query, indices, scores) => {
        for (let k = 0; k < indices.length; k++) scores[k] = counts[indices[k]!] ?? Number.NaN;
      }),
    recommend: async (queries, n, limits) =>
      Array.from({ length: queries.size }, (_, query) => {
        const allowed = limitOf(limits, query);
        const found: number[] = [];
        for (const item of order) {
          if (found.length === n) break;
          if (allowed(item)) found.push(item);
        }
        return { items: Int32Array.from(found), scores: Float32Array.from(found, (item) => counts[item]!) };
      }),
    state: () => ({ json: {}, tensors: {} }),
  };
};
