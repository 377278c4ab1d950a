import type { Scalar, Tensor, Tf } from '../../spi/index.ts';

/** What a step holds users' targets against; one row of `users` a user, its targets named by `owners`. */
export interface GroupedLogits {
  /** [users x width]. */
  readonly users: Tensor;
  /** [targets x width]. */
  readonly targets: Tensor;
  /** int32 [targets]: the row of `users` that each target belongs to. */
  readonly owners: Tensor;
  /** [others x width], shared by all users. */
  readonly others: Tensor;
  /** [users x others]: for how many items another stands; 0 where it is one of the user's own. */
  readonly weights: Tensor;
}

/** Larger differences of logits would overflow in single precision. */
const LARGEST_LOGIT = 80;

/**
 * Softmax cross-entropy of every target of every user against shared others: the mean over targets of
 *
 *   -log(e^{u.t} / (e^{u.t} + sum over others n of w_un e^{u.n}))
 *
 * A user's sum over others is computed once for all its targets, so that a step costs users x others, not
 * targets x others, products.
 */
export const groupedSoftmax = (tf: Tf, { users, targets, owners, others, weights }: GroupedLogits): Scalar => {
  const count = targets.shape[0]!;
  const rows = users.shape[0]!;
  const places = owners as never;
  const loss = tf.customGrad((...given) => {
    const [u, t, n, save] = given as unknown as [Tensor, Tensor, Tensor, (tensors: Tensor[]) => void];
    const logits = tf.matMul(u, n, false, true);
    const top = tf.max(logits, 1, true);
    const exponentials = tf.mul(tf.exp(tf.sub(logits, top)), weights);
    const sums = tf.sum(exponentials, 1, true);
    const own = tf.gather(u, places);
    const positives = tf.sub(tf.sum(tf.mul(own, t), 1, true), tf.gather(top, places));
    const exponential = tf.exp(tf.minimum(positives, LARGEST_LOGIT));
    const totals = tf.add(exponential, tf.gather(sums, places));
    save([u, t, n, own, exponentials, exponential, totals, owners]);
    return {
      value: tf.mean(tf.sub(tf.log(totals), positives)),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [u, t, n, own, exponentials, exponential, totals, kept] = saved as Eight;
        const places = kept as never;
        const scale = tf.div(dy, count);
        const shares = tf.div(scale, totals);
        const perUser = tf.unsortedSegmentSum(shares, places, rows);
        const dPositive = tf.sub(tf.mul(exponential, shares), scale);
        const fromTargets = tf.unsortedSegmentSum(tf.mul(dPositive, t), places, rows);
        return [
          tf.add(tf.mul(tf.matMul(exponentials, n), perUser), fromTargets),
          tf.mul(dPositive, own),
          tf.matMul(exponentials, tf.mul(u, perUser), true),
        ];
      },
    };
  });
  return loss(users, targets, others) as Scalar;
};

type Eight = [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
