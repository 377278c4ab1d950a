import type { Scalar, Tensor } from 'recograph';
import { bce, mse, type Parameter, type Pass } from 'recograph/nn';
import type { Task } from './tasks.ts';

export interface LossOptions {
  /** One a task. */
  readonly weights: readonly number[];
  /** log sigma^2 of each task, learned; undefined = fixed weights. */
  readonly logVariances: Parameter | undefined;
}

/**
 * sum_t w_t L_t, L_t the task's mean loss over the rows that have a label in it. By uncertainty (Kendall et al. 2018, eq. 7
 * and 10): w_t (L_t / sigma_t^2 + log sigma_t), for a squared error half of the first term. outputs, labels and shares are
 * [rows x tasks]; a share is 0 where there is no label, and 1 on average.
 */
export const taskLoss = (
  pass: Pass,
  tasks: readonly Task[],
  { outputs, labels, shares }: { readonly outputs: Tensor; readonly labels: Tensor; readonly shares: Tensor },
  { weights, logVariances }: LossOptions,
): Scalar => {
  const { tf } = pass;
  const [x, y, w] = [outputs, labels, shares].map((all) => tf.split(all, tasks.length, 1));
  const spread = logVariances && tf.split(pass.value(logVariances), tasks.length);
  const losses = tasks.map(({ predict }, t) => {
    const chance = predict === 'chance';
    const error = (chance ? bce : mse)(tf, x![t]!, y![t]!, w![t]!);
    const s = spread?.[t];
    if (!s) return tf.mul(error, weights[t]!);
    const precise = tf.mul(error, tf.mul(tf.exp(tf.neg(s)), chance ? 1 : 0.5));
    return tf.mul(tf.add(precise, tf.mul(s, 0.5)), weights[t]!);
  });
  return tf.sum(tf.addN(losses.map((loss) => tf.reshape(loss, [])))) as Scalar;
};
