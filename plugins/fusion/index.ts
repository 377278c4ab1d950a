import {
  defineFeature,
  definePlugin,
  type Extractor,
  type ItemExtractor,
  type TensorRuntime,
  tokens,
  vectorsRef,
} from 'recograph';
import { createRng } from 'recograph/math';
import { extractorFields, itemObjective, loadParameters, trainExtractor, trainedExtractor } from 'recograph/nn';
import { z } from 'zod';
import { fusionNetwork } from './network.ts';
import { extractParts, fusionInputs, partsOf, scaleOf } from './parts.ts';

const config = z.strictObject({
  of: z.array(vectorsRef()).min(2).describe('Features of items that are put together.'),
  vectors: vectorsRef()
    .optional()
    .describe('Item vectors to train towards: a model with item vectors (als), or another feature.'),
  ...extractorFields,
  method: z
    .enum(['concatenation', 'gated', 'late'])
    .default('concatenation')
    .describe('concatenation, gated: early, from all parts at once; late: each part gives its own answer.'),
  hidden: z.array(z.int().positive()).default([]).describe('concatenation: widths of hidden layers (ReLU).'),
  dimensions: z.int().positive().default(64).describe('Width of the vectors, where `vectors` does not give it.'),
  dropout: z.number().min(0).lt(1).default(0.2),
  epochs: z.int().positive().default(30),
});

const create = (settings: z.infer<typeof config>, { runtime }: { readonly runtime: TensorRuntime }): Extractor => {
  const fitted = (
    parts: readonly ItemExtractor[],
    scales: readonly number[],
    network: ReturnType<typeof fusionNetwork>,
  ) =>
    trainedExtractor(
      runtime,
      network,
      async (items) => fusionInputs(await extractParts(parts, items), scales, items.rows),
      { scales, width: network.width },
    );
  const networkFor = (parts: readonly ItemExtractor[], width: number, rng: ReturnType<typeof createRng>) =>
    fusionNetwork(
      settings,
      parts.map((part) => part.width),
      width,
      rng,
    );
  return {
    fit: async (data, inputs, options) => {
      const parts = partsOf(settings.of, inputs);
      const objective = await itemObjective(settings, data, inputs);
      const vectors = await extractParts(parts, data.itemFeatures);
      const scales = vectors.map(scaleOf);
      const network = networkFor(parts, objective.width ?? settings.dimensions, options.rng.fork('init'));
      await trainExtractor(
        runtime,
        network,
        fusionInputs(vectors, scales, data.items.size),
        objective,
        settings,
        options,
      );
      return fitted(parts, scales, network);
    },
    restore: (state, inputs) => {
      const { scales, width } = state.json as unknown as { scales: number[]; width: number };
      const parts = partsOf(settings.of, inputs);
      const network = networkFor(parts, width, createRng(0));
      loadParameters(network.parameters, state.tensors);
      return fitted(parts, scales, network);
    },
  };
};

/** One vector from several features of an item, some of which may be missing. */
export const fusion = defineFeature({ type: 'fusion', config, inject: { runtime: tokens.runtime }, create });

export default definePlugin({ name: 'recograph-plugin-fusion', apiVersion: 1, components: [fusion] });
