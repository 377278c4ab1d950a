import type { Rng, Tensor } from '../../spi/index.ts';
import { conv2d, pool2d } from '../convolution.ts';
import { dense, dropout } from '../layers.ts';
import type { ItemNetwork } from './network.ts';

export interface GridShape {
  readonly filters: readonly number[];
  readonly pooling: 'max' | 'average';
  readonly dropout: number;
}

/**
 * A convolutional network over a grid of values (an image, a spectrogram), fed as `grid` [rows x height x width x channels]; height
 * and width are divisible by 2 for each block. One block a number of filters: 3 x 3 convolution, ReLU, 2 x 2 pooling (LeCun et al. 1998). Then the largest and the mean
 * value of each last filter over the image, and one dense layer.
 */
export const gridNetwork = (shape: GridShape, channels: number, width: number, rng: Rng): ItemNetwork => {
  const { filters, pooling } = shape;
  const blocks = filters.map((count, b) => conv2d(`block${b}`, 3, b === 0 ? channels : filters[b - 1]!, count, rng));
  const last = filters.at(-1)!;
  const output = dense('output', 2 * last, width, rng);
  return {
    width,
    outputs: [output],
    parameters: [...blocks.flatMap(({ parameters }) => parameters), ...output.parameters],
    encode: (pass, { grid }) => {
      const { tf } = pass;
      const hidden = blocks.reduce<Tensor>((x, block) => pool2d(tf, block.apply(pass, x), pooling), grid!);
      const [rows, height, columns] = hidden.shape as [number, number, number];
      const places = tf.reshape(hidden, [rows, height * columns, last]);
      const pooled = tf.concat([tf.max(places, 1), tf.mean(places, 1)], 1);
      return output.apply(pass, dropout(pass, pooled, shape.dropout));
    },
  };
};
