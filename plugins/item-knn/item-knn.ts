import type { Csr, FitOptions, Kernels, Model } from 'recograph';
import { transpose } from 'recograph';
import { fitWeighting, nearestRows, type SparseRows, weighRows } from 'recograph/math';
import type { ItemKnnConfig } from './config.ts';
import { fittedItemKnn } from './fitted.ts';

export const createItemKnn = (config: ItemKnnConfig, { kernels }: { kernels: Kernels }): Model => ({
  fit: async (data, _inputs, options) =>
    fittedItemKnn(await nearestItems(kernels, data.positivesByItem(), config, options)),
  restore: ({ tensors }) =>
    fittedItemKnn({
      offsets: tensors.offsets!.data as Uint32Array,
      indices: tensors.neighbors!.data as Int32Array,
      values: tensors.similarities!.data as Float32Array,
    }),
});

/** Progress counts items. */
const nearestItems = (
  kernels: Kernels,
  byItem: Csr,
  config: ItemKnnConfig,
  { signal, report }: FitOptions,
): Promise<SparseRows> => {
  const weighting = fitWeighting(byItem, { kind: config.similarity, ...config });
  return nearestRows(kernels, {
    first: weighRows(byItem, weighting, 'first'),
    second: transpose(weighRows(byItem, weighting, 'second')),
    self: Int32Array.from({ length: byItem.rows }, (_, item) => item),
    k: config.neighbors,
    shrinkage: config.shrinkage,
    signal,
    report: (done) => report({ epoch: done, epochs: byItem.rows }),
  });
};
