import type {
  Capabilities,
  ComponentState,
  FittedModel,
  Histories,
  Inputs,
  ItemVectorSource,
  Kernels,
  Matrix,
  Model,
} from 'recograph';
import { itemVectorSource, throwIfCancelled, vectorsOfItems } from 'recograph';
import { scoreByDot, unitRows } from 'recograph/math';

const DAY_MS = 86_400_000;

export interface ContentBasedConfig {
  readonly vectors: string;
  readonly halfLifeDays?: number | undefined;
}

export const createContentBased = (config: ContentBasedConfig, { kernels }: { readonly kernels: Kernels }): Model => {
  const sourceOf = (inputs: Inputs) => itemVectorSource(inputs.vectors(config.vectors), config.vectors);
  return {
    fit: async (data, inputs, { signal, report }) => {
      throwIfCancelled(signal);
      const source = sourceOf(inputs);
      const vectors = unitRows(await source.known(data.itemFeatures));
      throwIfCancelled(signal);
      report({ epoch: 1, epochs: 1 });
      return fittedContentBased(kernels, vectors, source, config.halfLifeDays);
    },
    restore: (state, inputs) => {
      const source = sourceOf(inputs);
      const kept = source.kept();
      const stored = state.tensors.vectors;
      const vectors = kept
        ? unitRows(kept)
        : { rows: stored!.shape[0]!, columns: stored!.shape[1]!, data: stored!.data as Float32Array };
      return fittedContentBased(kernels, vectors, source, config.halfLifeDays);
    },
  };
};

/** `vectors`: unit rows of the vocabulary's items, NaN where an item has none. */
const fittedContentBased = (
  kernels: Kernels,
  { rows, columns, data }: Matrix,
  source: ItemVectorSource,
  halfLifeDays?: number,
): FittedModel => {
  const memory = kernels.memory();
  const vectors = { rows, columns, data: memory.share(data) };
  const capabilities: Capabilities = {
    feedback: ['implicit'],
    coldUsers: ['history'],
    coldItems: source.coldItems,
    sequential: halfLifeDays !== undefined,
    context: false,
    calibrated: 'none',
  };
  const cold = async (features: Parameters<ItemVectorSource['extract']>[0]) => unitRows(await source.extract(features));
  return {
    capabilities,
    score: async (queries, items) => {
      const placed = await vectorsOfItems(items, vectors, cold);
      return scoreByDot(kernels, profiles(queries.histories, vectors, halfLifeDays), placed.vectors, placed.set);
    },
    itemVectors: () => vectors,
    userVectors: async (queries) => profiles(queries.histories, vectors, halfLifeDays),
    state: (): ComponentState => ({
      json: {},
      tensors: source.kept() ? {} : { vectors: { shape: [vectors.rows, vectors.columns], data: vectors.data.slice() } },
    }),
    dispose: () => memory.release(),
  };
};

/**
 * p = sum over the history's events of weight * 2^(-(newest - time) / halfLife) * x(item), to unit length.
 * Events without weight, and items without a vector, add nothing; a history of those alone gives NaN.
 */
const profiles = (histories: Histories, vectors: Matrix, halfLifeDays?: number): Matrix => {
  const { rows, columns } = vectors;
  const size = histories.offsets.length - 1;
  const decay = halfLifeDays === undefined ? 0 : Math.LN2 / (halfLifeDays * DAY_MS);
  const data = new Float32Array(size * columns);
  const sums = new Float64Array(columns);
  for (let q = 0; q < size; q++) {
    sums.fill(0);
    const newest = newestTime(histories, q);
    for (let k = histories.offsets[q]!; k < histories.offsets[q + 1]!; k++) {
      const item = histories.items[k]!;
      const start = item * columns;
      if (item < 0 || item >= rows || !(histories.weights[k]! > 0) || Number.isNaN(vectors.data[start]!)) continue;
      // Only the relation of the weights matters: counting back from the newest event keeps them from vanishing.
      const age = newest - histories.times[k]!;
      const weight = histories.weights[k]! * (decay > 0 && age > 0 ? Math.exp(-decay * age) : 1);
      for (let d = 0; d < columns; d++) sums[d]! += weight * vectors.data[start + d]!;
    }
    for (let d = 0; d < columns; d++) data[q * columns + d] = sums[d]!;
  }
  return unitRows({ rows: size, columns, data });
};

const newestTime = (histories: Histories, query: number): number => {
  let newest = Number.NEGATIVE_INFINITY;
  for (let k = histories.offsets[query]!; k < histories.offsets[query + 1]!; k++) {
    if (histories.times[k]! > newest) newest = histories.times[k]!;
  }
  return newest;
};
