import type { Capabilities, Csr, FittedModel, Limits, Model, QueryBatch } from 'recograph';
import { historyMatrix, limitOf, scoreRows, throwIfCancelled, transpose } from 'recograph';
import { createNeighborSearch, createSparseSums, fitWeighting, topK, weighRows } from 'recograph/math';
import type { UserKnnConfig } from './config.ts';

const capabilities: Capabilities = {
  feedback: ['implicit'],
  coldUsers: ['history'],
  coldItems: false,
  sequential: false,
  context: false,
  calibrated: 'none',
};

export const createUserKnn = (config: UserKnnConfig): Model => ({
  fit: async (data, _inputs, { signal, report }) => {
    throwIfCancelled(signal);
    const fitted = fittedUserKnn(data.positives(), config);
    report({ epoch: 1, epochs: 1 });
    return fitted;
  },
  restore: ({ json, tensors }) =>
    fittedUserKnn(
      {
        ...(json as { rows: number; columns: number }),
        offsets: tensors.offsets!.data as Uint32Array,
        indices: tensors.items!.data as Int32Array,
        values: tensors.weights!.data as Float32Array,
      },
      config,
    ),
});

/**
 * score(q, j) = sum over q's nearest users v of similarity(q, v) * weight(v, j); NaN where none of them chose j.
 * The neighbours are found while scoring, by the query's own history; a known user is not its own neighbour.
 */
const fittedUserKnn = (byUser: Csr, config: UserKnnConfig): FittedModel => {
  const weighting = fitWeighting(byUser, { kind: config.similarity, ...config });
  const byItem = transpose(weighRows(byUser, weighting, 'second'));
  const search = createNeighborSearch(byItem, { k: config.neighbors, shrinkage: config.shrinkage });
  const sums = createSparseSums(byUser, byUser.columns);

  /** Adds a query's neighbours to the sums. */
  const neighborhoods = (queries: QueryBatch): ((query: number) => void) => {
    const histories = weighRows(historyMatrix(queries, byUser.columns), weighting, 'first');
    return (query) => {
      const neighbors = search(histories, query, queries.users[query]!);
      neighbors.items.forEach((user, k) => {
        sums.add(user, neighbors.scores[k]!);
      });
    };
  };

  return {
    capabilities,
    score: async (queries, items) => {
      const addNeighbors = neighborhoods(queries);
      return scoreRows(queries, items, (query, indices, scores) => {
        addNeighbors(query);
        for (let k = 0; k < indices.length; k++) scores[k] = sums.at(indices[k]!);
        sums.clear();
      });
    },
    recommend: async (queries: QueryBatch, n: number, limits: Limits) => {
      const addNeighbors = neighborhoods(queries);
      return Array.from({ length: queries.size }, (_, query) => {
        addNeighbors(query);
        const { indices, values } = sums.entries(limitOf(limits, query));
        sums.clear();
        return topK(values, n, indices);
      });
    },
    state: () => ({
      json: { rows: byUser.rows, columns: byUser.columns },
      tensors: {
        offsets: { shape: [byUser.offsets.length], data: byUser.offsets },
        items: { shape: [byUser.indices.length], data: byUser.indices },
        weights: { shape: [byUser.values.length], data: byUser.values },
      },
    }),
  };
};
