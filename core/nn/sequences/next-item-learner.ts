import { knownFrom, knownItems } from '../../data/index.ts';
import { createRng } from '../../math/index.ts';
import type { Kernels, Model, Rng, TensorRuntime } from '../../spi/index.ts';
import { loadParameters } from '../parameter.ts';
import type { NextItemNetwork } from './encoder.ts';
import { nextItemModel } from './next-item-model.ts';
import { type NextItemConfig, trainNextItem } from './train-next-item.ts';

/** A model that learns, by `network`, which item comes next; the network's first values come from `rng`. */
export const nextItemLearner = (
  deps: { readonly runtime: TensorRuntime; readonly kernels: Kernels },
  config: NextItemConfig,
  network: (itemCount: number, rng: Rng) => NextItemNetwork,
): Model => ({
  fit: async (data, _inputs, options) => {
    const learned = network(data.items.size, options.rng.fork('init'));
    await trainNextItem(deps, learned, config, data, options);
    return nextItemModel(deps, learned, knownItems(data));
  },
  restore: ({ tensors }) => {
    const restored = network(tensors.items!.shape[0]!, createRng(0));
    loadParameters([restored.items, ...restored.encoder.parameters], tensors);
    return nextItemModel(deps, restored, knownFrom(tensors, restored.items.rows));
  },
});
