import type { Capabilities, Csr, FittedModel, KernelMemory, Kernels, Model, QueryBatch } from 'recograph';
import { historyMatrix, limitOf, scoreRows, throwIfCancelled, transpose } from 'recograph';
import { createSparseSums, fitWeighting, nearestRows, type SparseRows, topK, weighRows } from 'recograph/math';
import type { UserKnnConfig } from './config.ts';

const capabilities: Capabilities = {
  feedback: ['implicit'],
  coldUsers: ['history'],
  coldItems: false,
  sequential: false,
  context: false,
  calibrated: 'none',
};

export const createUserKnn = (config: UserKnnConfig, { kernels }: { kernels: Kernels }): Model => ({
  fit: async (data, _inputs, { signal, report }) => {
    throwIfCancelled(signal);
    const fitted = fittedUserKnn(data.positives(), config, kernels);
    report({ epoch: 1, epochs: 1 });
    throwIfCancelled(signal);
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
      kernels,
    ),
});

/**
 * score(q, j) = sum over q's nearest users v of similarity(q, v) * weight(v, j); NaN where none of them chose j.
 * The neighbours are found while scoring, by the query's own history; a known user is not its own neighbour.
 */
const fittedUserKnn = (byUser: Csr, config: UserKnnConfig, kernels: Kernels): FittedModel => {
  const weighting = fitWeighting(byUser, { kind: config.similarity, ...config });
  const memory = kernels.memory();
  const second = sharedCsr(transpose(weighRows(byUser, weighting, 'second')), memory);
  const sums = createSparseSums(byUser, byUser.columns);

  const neighborsOf = (queries: QueryBatch): Promise<SparseRows> =>
    nearestRows(kernels, {
      first: weighRows(historyMatrix(queries, byUser.columns), weighting, 'first'),
      second,
      self: queries.users,
      k: config.neighbors,
      shrinkage: config.shrinkage,
    });

  const addNeighbors = ({ offsets, indices, values }: SparseRows, query: number): void => {
    for (let k = offsets[query]!; k < offsets[query + 1]!; k++) sums.add(indices[k]!, values[k]!);
  };

  return {
    capabilities,
    score: async (queries, items) => {
      const neighbors = await neighborsOf(queries);
      return scoreRows(queries, items, (query, indices, scores) => {
        addNeighbors(neighbors, query);
        for (let k = 0; k < indices.length; k++) scores[k] = sums.at(indices[k]!);
        sums.clear();
      });
    },
    recommend: async (queries, n, limits) => {
      const neighbors = await neighborsOf(queries);
      return Array.from({ length: queries.size }, (_, query) => {
        addNeighbors(neighbors, query);
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
    dispose: () => memory.release(),
  };
};

const sharedCsr = (matrix: Csr, memory: KernelMemory): Csr => ({
  ...matrix,
  offsets: memory.share(matrix.offsets),
  indices: memory.share(matrix.indices),
  values: memory.share(matrix.values),
});
