import type { Rng, Tensor } from 'recograph';
import {
  dense,
  dropout,
  maxOverTokens,
  meanOverTokens,
  normal,
  type Pass,
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
  const convolutions = kernels.map((size) => ({
    size,
    layer: dense(`convolution${size}`, size * embedding, filters, rng, 'relu'),
  }));
  const pooled = embedding + kernels.length * filters * (pooling === 'both' ? 2 : 1);
  const output = dense('output', pooled, width, rng);
  return {
    width,
    words,
    parameters: [words, ...convolutions.flatMap(({ layer }) => layer.parameters), ...output.parameters],
    encode: (pass, tensors) => {
      const { tf } = pass;
      const { tokens: all, positions } = tensors as unknown as TextTensors;
      const mask = tokenMask(tf, positions);
      const x = tf.mul(all, dropout(pass, mask, shape.tokenDropout));
      const parts = [meanOverTokens(tf, x, mask)];
      for (const { size, layer } of convolutions) {
        const found = convolve(pass, x, size, (windows) => layer.apply(pass, windows));
        if (pooling !== 'average') parts.push(maxOverTokens(tf, found, mask));
        if (pooling !== 'max') parts.push(meanOverTokens(tf, found, mask));
      }
      return output.apply(pass, dropout(pass, tf.concat(parts, 1), shape.dropout));
    },
  };
};

/** `filter` over each token and the size - 1 behind it: the windows side by side are one product. */
const convolve = ({ tf }: Pass, x: Tensor, size: number, filter: (windows: Tensor) => Tensor): Tensor => {
  const [rows, length, columns] = x.shape as [number, number, number];
  const padded = size === 1 ? x : tf.concat([x, tf.zeros([rows, size - 1, columns])], 1);
  const windows = Array.from({ length: size }, (_, k) => tf.slice(padded, [0, k, 0], [rows, length, columns]));
  const found = filter(tf.reshape(size === 1 ? x : tf.concat(windows, 2), [rows * length, size * columns]));
  return tf.reshape(found, [rows, length, found.shape[1]!]);
};
