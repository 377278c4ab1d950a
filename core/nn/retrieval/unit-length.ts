import type { Tensor, Tf } from '../../spi/index.ts';

/** Rows scaled to length 1; a row of zeros stays one. */
export const unitLength = (tf: Tf, x: Tensor): Tensor =>
  tf.mul(x, tf.rsqrt(tf.add(tf.sum(tf.square(x), 1, true), 1e-12)));
