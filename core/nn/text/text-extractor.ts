import { stableHash, type TermSpace } from '../../data/index.ts';
import { createRng } from '../../math/index.ts';
import {
  type Extractor,
  type FeatureRows,
  type ItemExtractor,
  RecographError,
  type Rng,
  type TensorRuntime,
  underPrefix,
} from '../../spi/index.ts';
import { fitFolds, foldPrefix, readByFold } from '../extractors/cross-fitting.ts';
import {
  type ItemNetwork,
  itemObjective,
  type ObjectiveConfig,
  trainExtractor,
  trainedExtractor,
} from '../extractors/index.ts';
import type { ExtractorTraining } from '../extractors/train-extractor.ts';
import { loadParameters, type Table } from '../parameter.ts';
import { startWords } from './first-words.ts';
import { textInputs } from './inputs.ts';
import { learnTokens, type Texts, tokensFromJson, tokensOf, tokensToJson } from './token-space.ts';

export interface TextConfig extends ObjectiveConfig, ExtractorTraining {
  readonly fields: readonly string[];
  readonly minCount: number;
  readonly maxTokens: number;
  readonly length: number;
  readonly static: boolean;
  /** Networks, each of which reads the items of a fold that it has not learned from. */
  readonly folds: number;
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
  const { folds } = config;
  /** What every network reads: with static words the first one's, which the others share. */
  const wordsOf = (networks: readonly TextNetwork[], fold: number): Table => networks[config.static ? 0 : fold]!.words;
  const learned = (network: TextNetwork): TextNetwork =>
    config.static
      ? { ...network, parameters: network.parameters.filter((parameter) => parameter !== network.words) }
      : network;
  /** As a state has them: words that are shared stand in the first one alone. */
  const kept = (network: TextNetwork, fold: number): TextNetwork => (fold === 0 ? network : learned(network));
  const foldsOf = (texts: Texts): Int32Array =>
    Int32Array.from({ length: texts.offsets.length - 1 }, (_, row) => foldOf(texts, row, folds));

  const fitted = (space: TermSpace, networks: readonly TextNetwork[]): ItemExtractor => {
    const read = (items: FeatureRows) => tokensOf(items, space, config.length);
    const json = { tokens: tokensToJson(space), width: networks[0]!.width };
    const readers = networks.map((network, fold) =>
      trainedExtractor(runtime, kept(network, fold), (items) => textInputs(wordsOf(networks, fold), read(items)), json),
    );
    return readByFold(readers, (items) => foldsOf(read(items)));
  };

  return {
    fit: async (data, inputs, options) => {
      if (folds > 1 && config.vectors === undefined) {
        const message =
          'folds needs `vectors` to train towards: networks that learn labels alone each have a space of their own.';
        throw new RecographError('CONFIG_INVALID', message, { at: 'folds' });
      }
      const objective = await itemObjective(config, data, inputs);
      const space = learnTokens(data.itemFeatures, config.fields, config);
      const width = objective.width ?? config.dimensions;
      const networks = Array.from({ length: folds }, (_, fold) =>
        networkOf(Math.max(1, space.terms.length), width, options.rng.fork(fold === 0 ? 'init' : `init ${fold}`)),
      );
      if (space.terms.length > 0) await startWords(networks[0]!.words, data.itemFeatures, space, options);
      for (const { words } of networks.slice(1)) words.data.set(networks[0]!.words.data);
      const texts = tokensOf(data.itemFeatures, space, config.length);
      const own = foldsOf(texts);
      const others = (fold: number): Float32Array =>
        folds === 1 ? objective.weights : objective.weights.map((weight, item) => (own[item] === fold ? 0 : weight));
      const learning = networks.map(learned);
      await fitFolds(learning, options, (fold, within) => {
        const inputs = textInputs(wordsOf(networks, fold), texts, config.static);
        return trainExtractor(
          runtime,
          learning[fold]!,
          inputs,
          { ...objective, weights: others(fold) },
          config,
          within,
        );
      });
      return fitted(space, networks);
    },
    restore: ({ json, tensors }) => {
      const { tokens, width } = json as { tokens: never; width: number };
      const networks = Array.from({ length: folds }, () => networkOf(tensors.words!.shape[0]!, width, createRng(0)));
      networks.forEach((network, fold) => {
        loadParameters(kept(network, fold).parameters, underPrefix(foldPrefix(fold), tensors));
      });
      return fitted(tokensFromJson(tokens), networks);
    },
  };
};

/** By the tokens that are read of an item: the same text is always in the same fold. */
const foldOf = ({ offsets, values }: Texts, row: number, folds: number): number =>
  folds === 1 ? 0 : stableHash(values.subarray(offsets[row]!, offsets[row + 1]!).join(' ')) % folds;
