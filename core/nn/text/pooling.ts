import type { Tensor, Tf } from '../../spi/index.ts';

/** [rows x length x 1]: 1 at a token, 0 at padding. */
export const tokenMask = (tf: Tf, positions: Tensor): Tensor =>
  tf.expandDims(tf.cast(tf.greaterEqual(positions, tf.scalar(0, 'int32')), 'float32'), 2);

/** Mean over the tokens of each text: x [rows x length x columns] -> [rows x columns]. */
export const meanOverTokens = (tf: Tf, x: Tensor, mask: Tensor): Tensor =>
  tf.div(tf.sum(tf.mul(x, mask), 1), tf.maximum(tf.sum(mask, 1), 1));

/** Largest value over the tokens; x must not be negative. */
export const maxOverTokens = (tf: Tf, x: Tensor, mask: Tensor): Tensor => tf.max(tf.mul(x, mask), 1);
