import type { Rng, Tensor } from 'recograph';
import {
  conv1d,
  dense,
  dropout,
  gistWidth,
  maxOverTokens,
  meanOverTokens,
  normal,
  readText,
  type TextNetwork,
  type TextTensors,
  table,
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
 * of each filter over the text, the text's gist beside them, then one dense layer.
 */
export const textCnn = (shape: TextCnnShape, tokens: number, width: number, rng: Rng): TextNetwork => {
  const { embedding, filters, kernels, pooling } = shape;
  const words = table('words', tokens, embedding, normal(rng, INITIAL_DEVIATION));
  const convolutions = kernels.map((size) => conv1d(`convolution${size}`, size, embedding, filters, rng));
  const pooled = gistWidth(embedding) + kernels.length * filters * (pooling === 'both' ? 2 : 1);
  const output = dense('output', pooled, width, rng);
  return {
    width,
    words,
    outputs: [output],
    parameters: [words, ...convolutions.flatMap(({ parameters }) => parameters), ...output.parameters],
    encode: (pass, tensors) => {
      const { tf } = pass;
      const { x, mask, gist } = readText(pass, tensors as unknown as TextTensors, shape.tokenDropout);
      const parts: Tensor[] = [];
      for (const layer of convolutions) {
        const found = layer.apply(pass, x);
        if (pooling !== 'average') parts.push(maxOverTokens(tf, found, mask));
        if (pooling !== 'max') parts.push(meanOverTokens(tf, found, mask));
      }
      return output.apply(pass, tf.concat([gist, dropout(pass, tf.concat(parts, 1), shape.dropout)], 1));
    },
  };
};
