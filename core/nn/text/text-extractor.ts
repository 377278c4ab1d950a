import type { TermSpace } from '../../data/index.ts';
import { createRng } from '../../math/index.ts';
import type { Extractor, FeatureRows, Rng, TensorRuntime } from '../../spi/index.ts';
import {
  type ItemNetwork,
  itemObjective,
  loadNetwork,
  type ObjectiveConfig,
  trainExtractor,
  trainedExtractor,
} from '../extractors/index.ts';
import type { ExtractorTraining } from '../extractors/train-extractor.ts';
import type { Table } from '../parameter.ts';
import { startWords } from './first-words.ts';
import { textInputs } from './inputs.ts';
import { learnTokens, tokensFromJson, tokensOf, tokensToJson } from './token-space.ts';

export interface TextConfig extends ObjectiveConfig, ExtractorTraining {
  readonly fields: readonly string[];
  readonly minCount: number;
  readonly maxTokens: number;
  readonly length: number;
  readonly static: boolean;
  /** Width of the vectors where `vectors` does not give it. */
  readonly dimensions: number;
}

/** A network over words: its table has a row a token. */
export interface TextNetwork extends ItemNetwork {
  readonly words: Table;
}

/** An extractor over the words of items: `networkOf` makes the network for so many tokens and a width. */
export const textExtractor = (
  config: TextConfig,
  runtime: TensorRuntime,
  networkOf: (tokens: number, width: number, rng: Rng) => TextNetwork,
): Extractor => {
  const fitted = (space: TermSpace, network: TextNetwork) =>
    trainedExtractor(
      runtime,
      network,
      (items: FeatureRows) => textInputs(network.words, tokensOf(items, space, config.length)),
      { tokens: tokensToJson(space), width: network.width },
    );
  return {
    fit: async (data, inputs, options) => {
      const objective = await itemObjective(config, data, inputs);
      const space = learnTokens(data.itemFeatures, config.fields, config);
      const width = objective.width ?? config.dimensions;
      const network = networkOf(Math.max(1, space.terms.length), width, options.rng.fork('init'));
      if (space.terms.length > 0) await startWords(network.words, data.itemFeatures, space, options);
      const texts = textInputs(network.words, tokensOf(data.itemFeatures, space, config.length), config.static);
      const learning = config.static ? network.parameters.filter((p) => p !== network.words) : network.parameters;
      await trainExtractor(runtime, { ...network, parameters: learning }, texts, objective, config, options);
      return fitted(space, network);
    },
    restore: (state) => {
      const { tokens, width } = state.json as { tokens: never; width: number };
      const network = networkOf(state.tensors.words!.shape[0]!, width, createRng(0));
      loadNetwork(network, state);
      return fitted(tokensFromJson(tokens), network);
    },
  };
};
