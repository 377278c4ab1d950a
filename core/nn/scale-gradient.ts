import type { Tensor, Tf } from '../spi/index.ts';

/** x itself, through which `rate` of the gradient passes: 0 holds what lies below it still, 1 changes nothing. */
export const scaleGradient = (tf: Tf, x: Tensor, rate: number): Tensor =>
  rate === 1
    ? x
    : tf.customGrad((x) => ({ value: tf.clone(x as Tensor), gradFunc: (dy: Tensor) => tf.mul(dy, rate) }))(x);
