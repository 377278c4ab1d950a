import type { Csr, FitOptions, ItemList, Model } from 'recograph';
import { transpose, yieldToEvents } from 'recograph';
import { createNeighborSearch, fitWeighting, type SparseRows, weighRows } from 'recograph/math';
import type { ItemKnnConfig } from './config.ts';
import { fittedItemKnn } from './fitted.ts';

/** Rows between two looks at the signal: some milliseconds' work on dense data. */
const BLOCK = 256;

export const createItemKnn = (config: ItemKnnConfig): Model => ({
  fit: async (data, _inputs, options) => fittedItemKnn(await nearestItems(data.positivesByItem(), config, options)),
  restore: ({ tensors }) =>
    fittedItemKnn({
      offsets: tensors.offsets!.data as Uint32Array,
      indices: tensors.neighbors!.data as Int32Array,
      values: tensors.similarities!.data as Float32Array,
    }),
});

const nearestItems = async (byItem: Csr, config: ItemKnnConfig, options: FitOptions): Promise<SparseRows> => {
  const weighting = fitWeighting(byItem, { kind: config.similarity, ...config });
  const first = weighRows(byItem, weighting, 'first');
  const second = transpose(weighRows(byItem, weighting, 'second'));
  const search = createNeighborSearch(second, { k: config.neighbors, shrinkage: config.shrinkage });
  const lists: ItemList[] = [];
  const epochs = Math.max(1, Math.ceil(byItem.rows / BLOCK));
  for (let epoch = 1; epoch <= epochs; epoch++) {
    await yieldToEvents(options.signal);
    const to = Math.min(byItem.rows, epoch * BLOCK);
    for (let item = (epoch - 1) * BLOCK; item < to; item++) lists.push(search(first, item, item));
    options.report({ epoch, epochs });
  }
  return joined(lists);
};

const joined = (lists: readonly ItemList[]): SparseRows => {
  const offsets = new Uint32Array(lists.length + 1);
  lists.forEach((list, row) => {
    offsets[row + 1] = offsets[row]! + list.items.length;
  });
  const indices = new Int32Array(offsets[lists.length]!);
  const values = new Float32Array(indices.length);
  lists.forEach((list, row) => {
    indices.set(list.items, offsets[row]);
    values.set(list.scores, offsets[row]);
  });
  return { offsets, indices, values };
};
