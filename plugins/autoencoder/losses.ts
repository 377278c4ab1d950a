import type { Tensor, Tf } from 'recograph';

/** 1 / (2 N) sum over N rows and all items of w (x - x^)^2, w the items' weights [items]. */
export const reconstructionError = (tf: Tf, scores: Tensor, targets: Tensor, weights: Tensor): Tensor =>
  tf.div(tf.sum(tf.mul(tf.squaredDifference(scores, targets), weights)), 2 * scores.shape[0]!);

/** Mean over rows of the divergence KL(N(mean, variance) || N(0, 1)) = 1/2 sum (mean^2 + variance - log variance - 1). */
export const gaussianDivergence = (tf: Tf, mean: Tensor, logVariance: Tensor): Tensor => {
  const terms = tf.sub(tf.add(tf.square(mean), tf.exp(logVariance)), tf.add(logVariance, 1));
  return tf.div(tf.sum(terms), 2 * mean.shape[0]!);
};
