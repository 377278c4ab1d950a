import type { Capabilities, FittedModel, ItemList, Limits, QueryBatch } from 'recograph';
import { limitOf, scoreRows } from 'recograph';
import { createSparseSums, type SparseRows, topK } from 'recograph/math';

const capabilities: Capabilities = {
  feedback: ['implicit'],
  coldUsers: ['history'],
  coldItems: false,
  sequential: false,
  context: false,
  calibrated: 'none',
};

/**
 * score(q, j) = sum over the positives i of q's history of weight(i) * similarity(i, j), j among i's neighbours;
 * NaN where j is near to none of them.
 */
export const fittedItemKnn = (neighbors: SparseRows): FittedModel => {
  const itemCount = neighbors.offsets.length - 1;
  const sums = createSparseSums(neighbors, itemCount);

  const addHistory = ({ histories }: QueryBatch, query: number): void => {
    for (let k = histories.offsets[query]!; k < histories.offsets[query + 1]!; k++) {
      const item = histories.items[k]!;
      if (item >= 0 && item < itemCount && histories.weights[k]! > 0) sums.add(item, histories.weights[k]!);
    }
  };

  const listOf = (queries: QueryBatch, query: number, n: number, limits: Limits): ItemList => {
    addHistory(queries, query);
    const { indices, values } = sums.entries(limitOf(limits, query));
    sums.clear();
    return topK(values, n, indices);
  };

  const nearTo = (item: number, n: number, allowed: (item: number) => boolean): ItemList => {
    const known = item >= 0 && item < itemCount;
    const from = known ? neighbors.offsets[item]! : 0;
    const to = known ? neighbors.offsets[item + 1]! : 0;
    const places = Array.from({ length: to - from }, (_, k) => from + k)
      .filter((place) => allowed(neighbors.indices[place]!))
      .slice(0, n);
    return {
      items: Int32Array.from(places, (place) => neighbors.indices[place]!),
      scores: Float32Array.from(places, (place) => neighbors.values[place]!),
    };
  };

  return {
    capabilities,
    score: async (queries, items) =>
      scoreRows(queries, items, (query, indices, scores) => {
        addHistory(queries, query);
        for (let k = 0; k < indices.length; k++) scores[k] = sums.at(indices[k]!);
        sums.clear();
      }),
    recommend: async (queries, n, limits) =>
      Array.from({ length: queries.size }, (_, query) => listOf(queries, query, n, limits)),
    similarItems: async (items, n, limits) =>
      Array.from(items, (item, query) => nearTo(item, n, limits ? limitOf(limits, query) : () => true)),
    state: () => ({
      json: {},
      tensors: {
        offsets: { shape: [itemCount + 1], data: neighbors.offsets },
        neighbors: { shape: [neighbors.indices.length], data: neighbors.indices },
        similarities: { shape: [neighbors.values.length], data: neighbors.values },
      },
    }),
  };
};
