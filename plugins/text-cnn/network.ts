import type { Rng } from 'recograph';
import {
  conv1d,
  dense,
  dropout,
  maxOverTokens,
  meanOverTokens,
  normal,
  type TextNetwork,
  type TextTensors,
  table,
  tokenMask,
} from 'recograph/nn';

export interface TextCnnShape {
  readonly embedding: number;
  readonly filters: number;
  readonly kernels: readonly number[];
  readonly pooling: 'max' | 'average' | 'both';
  readonly dropout: number;
  readonly tokenDropout: number;
}

/** Standard deviation of the first token vectors. */
const INITIAL_DEVIATION = 0.1;

/**
 * Kim 2014: a token's vector, filters over `kernels` neighbouring tokens side by side, ReLU, the largest and the mean value
 * of each filter over the text, the mean token vector beside them, then one dense layer.
 */
export const textCnn = (shape: TextCnnShape, tokens: number, width: number, rng: Rng): TextNetwork => {
  const { embedding, filters, kernels, pooling } = shape;
  const words = table('words', tokens, embedding, normal(rng, INITIAL_DEVIATION));
  const convolutions = kernels.map((size) => conv1d(`convolution${size}`, size, embedding, filters, rng));
  const pooled = embedding + kernels.length * filters * (pooling === 'both' ? 2 : 1);
  const output = dense('output', pooled, width, rng);
  return {
    width,
    words,
    parameters: [words, ...convolutions.flatMap(({ parameters }) => parameters), ...output.parameters],
    encode: (pass, tensors) => {
      const { tf } = pass;
      const { tokens: all, positions } = tensors as unknown as TextTensors;
      const mask = tokenMask(tf, positions);
      const x = tf.mul(all, dropout(pass, mask, shape.tokenDropout));
      const parts = [meanOverTokens(tf, x, mask)];
      for (const layer of convolutions) {
        const found = layer.apply(pass, x);
        if (pooling !== 'average') parts.push(maxOverTokens(tf, found, mask));
        if (pooling !== 'max') parts.push(meanOverTokens(tf, found, mask));
      }
      return output.apply(pass, dropout(pass, tf.concat(parts, 1), shape.dropout));
    },
  };
};
