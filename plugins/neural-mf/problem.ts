import type { Rng, Tensor } from 'recograph';
import type { Feeds, Lookup, Pass } from 'recograph/nn';
import type { NeuralMfConfig } from './config.ts';
import type { Parts } from './network.ts';

/** What is learned from: examples by number, a batch's inputs, and its loss. */
export interface Problem {
  readonly count: number;
  batch(examples: Int32Array, rng: Rng): Feeds;
  loss(inputs: Readonly<Record<string, Tensor | undefined>>, pass: Pass): Tensor;
}

export type ProblemConfig = Pick<
  NeuralMfConfig,
  'regularization' | 'frequencyScaling' | 'maxNormUsers' | 'maxNormItems'
> & { readonly loss: 'bce' | 'squared' | 'bpr' };

/** Feeds of one side under names of their own, and back. */
export const namedFeeds = (side: 'user' | 'item', { product, deep, bias }: Parts<Lookup>): Feeds => ({
  [`${side}Product`]: product,
  [`${side}Deep`]: deep,
  [`${side}Bias`]: bias,
});
export const partsFrom = (
  side: 'user' | 'item',
  inputs: Readonly<Record<string, Tensor | undefined>>,
): Parts<Tensor> => ({
  product: inputs[`${side}Product`],
  deep: inputs[`${side}Deep`],
  bias: inputs[`${side}Bias`],
});
