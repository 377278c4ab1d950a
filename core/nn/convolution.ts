import type { Rng, Tensor, Tf } from '../spi/index.ts';
import { type Activation, dense, type Layer } from './layers.ts';

/**
 * Filters over `size` neighbouring steps: [rows x length x inputs] -> [rows x length x filters]; step t sees t .. t + size - 1,
 * zeros behind the end. The windows side by side are one matrix product, which every runtime does fast both ways.
 */
export const conv1d = (
  name: string,
  size: number,
  inputs: number,
  filters: number,
  rng: Rng,
  activation: Activation = 'relu',
): Layer => {
  const layer = dense(name, size * inputs, filters, rng, activation);
  return {
    parameters: layer.parameters,
    apply: (pass, x) => {
      const { tf } = pass;
      const [rows, length] = x.shape as [number, number];
      // Steps side by side in one row: each window is cut in one piece.
      const steps = tf.reshape(x, [rows, length * inputs]);
      const padded = size === 1 ? steps : tf.concat([steps, tf.zeros([rows, (size - 1) * inputs])], 1);
      const windows = Array.from({ length: size }, (_, k) =>
        tf.reshape(tf.slice(padded, [0, k * inputs], [rows, length * inputs]), [rows * length, inputs]),
      );
      const found = layer.apply(pass, tf.concat(windows, 1));
      return tf.reshape(found, [rows, length, filters]);
    },
  };
};

/** Filters over size x size neighbours, `size` odd: [rows x height x width x inputs] -> [rows x height x width x filters]. */
export const conv2d = (
  name: string,
  size: number,
  inputs: number,
  filters: number,
  rng: Rng,
  activation: Activation = 'relu',
): Layer => {
  const layer = dense(name, size * size * inputs, filters, rng, activation);
  const around = (size - 1) / 2;
  return {
    parameters: layer.parameters,
    apply: (pass, x) => {
      const { tf } = pass;
      const [rows, height, width] = x.shape as [number, number, number];
      const padded = tf.pad(tf.reshape(x, [rows, height, width * inputs]), [
        [0, 0],
        [around, around],
        [around * inputs, around * inputs],
      ]);
      const windows = Array.from({ length: size * size }, (_, k) => {
        const from = [0, Math.floor(k / size), (k % size) * inputs];
        return tf.reshape(tf.slice(padded, from, [rows, height, width * inputs]), [rows * height * width, inputs]);
      });
      const found = layer.apply(pass, tf.concat(windows, 1));
      return tf.reshape(found, [rows, height, width, filters]);
    },
  };
};

/** The largest, or the mean, of each 2 x 2 block: [rows x height x width x filters], height and width even, to half of both. */
export const pool2d = (tf: Tf, x: Tensor, kind: 'max' | 'average'): Tensor => {
  const [rows, height, width, filters] = x.shape as [number, number, number, number];
  const reduce = (blocks: Tensor) => (kind === 'max' ? tf.max(blocks, 1) : tf.mean(blocks, 1));
  const byRows = reduce(tf.reshape(x, [(rows * height) / 2, 2, width * filters]));
  const both = reduce(tf.reshape(byRows, [(rows * height * width) / 4, 2, filters]));
  return tf.reshape(both, [rows, height / 2, width / 2, filters]);
};
