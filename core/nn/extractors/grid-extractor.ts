import { createRng } from '../../math/index.ts';
import type { Extractor, FeatureRows, TensorRuntime } from '../../spi/index.ts';
import { loadParameters } from '../parameter.ts';
import { type GridShape, gridNetwork } from './grid-network.ts';
import type { ItemInputs, ItemNetwork } from './network.ts';
import { itemObjective, type ObjectiveConfig } from './objective.ts';
import { type ExtractorTraining, trainExtractor } from './train-extractor.ts';
import { trainedExtractor } from './trained-extractor.ts';

export interface GridConfig extends ObjectiveConfig, ExtractorTraining, GridShape {
  /** Width of the vectors where `vectors` does not give it. */
  readonly dimensions: number;
}

/** An extractor over grids of `channels` values, which `read` makes of items. */
export const gridExtractor = (
  config: GridConfig,
  runtime: TensorRuntime,
  channels: number,
  read: (items: FeatureRows) => Promise<ItemInputs>,
): Extractor => {
  const fitted = (network: ItemNetwork) => trainedExtractor(runtime, network, read, { width: network.width });
  return {
    fit: async (data, inputs, options) => {
      const objective = await itemObjective(config, data, inputs);
      const network = gridNetwork(config, channels, objective.width ?? config.dimensions, options.rng.fork('init'));
      await trainExtractor(runtime, network, await read(data.itemFeatures), objective, config, options);
      return fitted(network);
    },
    restore: (state) => {
      const network = gridNetwork(config, channels, (state.json as { width: number }).width, createRng(0));
      loadParameters(network.parameters, state.tensors);
      return fitted(network);
    },
  };
};
