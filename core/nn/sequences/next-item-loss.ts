import type { Scalar, Tensor, Tf } from '../../spi/index.ts';
import { hasOwnKernel, runOwnKernel, withGradient } from '../own-kernels.ts';

/**
 * Softmax cross-entropy of the item that came next against items shared by all steps: the mean over steps of
 * -log(e^{h.t} / (e^{h.t} + sum over others n != t of e^{h.n})), h [steps x width], t their targets' vectors
 * [steps x width], n [others x width]. `hits` [steps x 1] counts how often a step's target is among the others; these
 * are taken out of the sum again. With all items as others and one hit a step it is the full softmax.
 */
export const sharedSoftmax = (tf: Tf, hidden: Tensor, targets: Tensor, others: Tensor, hits: Tensor): Scalar => {
  const lossOf = hasOwnKernel(tf, 'SharedSoftmax') ? lossInOneKernel : composedLoss;
  return withGradient(
    tf,
    [hidden, targets, others],
    (save) => {
      const { loss, dLogits, dPositives } = lossOf(tf, hidden, targets, others, hits);
      save([hidden, targets, others, dLogits, dPositives]);
      return loss;
    },
    (dy, saved) => {
      const [h, t, n, dLogits, dPositives] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor];
      const scaled = tf.mul(h, dy);
      return [
        tf.mul(tf.add(tf.matMul(dLogits, n), tf.mul(dPositives, t)), dy),
        tf.mul(dPositives, scaled),
        tf.matMul(dLogits, scaled, true),
      ];
    },
  ) as Scalar;
};

/** The mean loss and its gradients by the logits of the others [steps x others] and of each step's own [steps x 1]. */
interface SoftmaxLoss {
  readonly loss: Tensor;
  readonly dLogits: Tensor;
  readonly dPositives: Tensor;
}

const lossInOneKernel = (tf: Tf, hidden: Tensor, targets: Tensor, others: Tensor, hits: Tensor): SoftmaxLoss => {
  const results = runOwnKernel(tf, 'SharedSoftmax', { hidden, targets, others, hits });
  const [loss, dLogits, dPositives] = results as [Tensor, Tensor, Tensor];
  return { loss, dLogits, dPositives };
};

const composedLoss = (tf: Tf, hidden: Tensor, targets: Tensor, others: Tensor, hits: Tensor): SoftmaxLoss => {
  const steps = hidden.shape[0]!;
  const positive = tf.sum(tf.mul(hidden, targets), 1, true);
  const logits = tf.matMul(hidden, others, false, true);
  const top = tf.maximum(tf.max(logits, 1, true), positive);
  const exponentials = tf.exp(tf.sub(logits, top));
  const positiveExponential = tf.exp(tf.sub(positive, top));
  const own = tf.mul(positiveExponential, tf.sub(1, hits));
  const total = tf.maximum(tf.add(tf.sum(exponentials, 1, true), own), positiveExponential);
  const share = tf.div(1 / steps, total);
  return {
    loss: tf.mean(tf.add(tf.log(total), tf.sub(top, positive))),
    dLogits: tf.mul(exponentials, share),
    dPositives: tf.sub(tf.mul(own, share), 1 / steps),
  };
};

/** How often each target is among `others`. */
export const hitsOf = (targets: Int32Array, others: Int32Array): Float32Array => {
  const counts = new Map<number, number>();
  for (const item of others) counts.set(item, (counts.get(item) ?? 0) + 1);
  return Float32Array.from(targets, (item) => counts.get(item) ?? 0);
};
