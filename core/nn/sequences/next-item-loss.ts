import type { Scalar, Tensor, Tf } from '../../spi/index.ts';

/**
 * Softmax cross-entropy of the item that came next against items shared by all steps: the mean over steps of
 * -log(e^{h.t} / (e^{h.t} + sum over others n != t of e^{h.n})), h [steps x width], t their targets' vectors
 * [steps x width], n [others x width]. `hits` [steps x 1] counts how often a step's target is among the others; these
 * are taken out of the sum again. With all items as others and one hit a step it is the full softmax.
 */
export const sharedSoftmax = (tf: Tf, hidden: Tensor, targets: Tensor, others: Tensor, hits: Tensor): Scalar => {
  const steps = hidden.shape[0]!;
  const loss = tf.customGrad((...given) => {
    const [h, t, n, save] = given as unknown as [Tensor, Tensor, Tensor, (tensors: Tensor[]) => void];
    const positive = tf.sum(tf.mul(h, t), 1, true);
    const logits = tf.matMul(h, n, false, true);
    const top = tf.maximum(tf.max(logits, 1, true), positive);
    const exponentials = tf.exp(tf.sub(logits, top));
    const positiveExponential = tf.exp(tf.sub(positive, top));
    const own = tf.mul(positiveExponential, tf.sub(1, hits));
    const total = tf.maximum(tf.add(tf.sum(exponentials, 1, true), own), positiveExponential);
    save([h, t, n, exponentials, own, total]);
    return {
      value: tf.mean(tf.add(tf.log(total), tf.sub(top, positive))),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [h, t, n, exponentials, own, total] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
        const scale = tf.div(dy, steps);
        const share = tf.div(scale, total);
        const dPositive = tf.sub(tf.mul(own, share), scale);
        return [
          tf.add(tf.mul(tf.matMul(exponentials, n), share), tf.mul(dPositive, t)),
          tf.mul(dPositive, h),
          tf.matMul(exponentials, tf.mul(h, share), true),
        ];
      },
    };
  });
  return loss(hidden, targets, others) as Scalar;
};

/** How often each target is among `others`. */
export const hitsOf = (targets: Int32Array, others: Int32Array): Float32Array => {
  const counts = new Map<number, number>();
  for (const item of others) counts.set(item, (counts.get(item) ?? 0) + 1);
  return Float32Array.from(targets, (item) => counts.get(item) ?? 0);
};
