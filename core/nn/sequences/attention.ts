import type { Rng, Tensor, Tf } from '../../spi/index.ts';
import { dense, dropout, layerNorm } from '../layers.ts';
import type { Parameter } from '../parameter.ts';
import type { Pass } from '../pass.ts';
import type { SequenceLayout } from './layout.ts';

/** Adding it to a logit takes the place out of a softmax. */
const NEVER = -1e9;

/** [rows x length x length]: 0 where step t may look at step s (s <= t, same sequence), -1e9 elsewhere. */
export const causalMask = (tf: Tf, { rows, length, segments }: SequenceLayout): Tensor => {
  const same = tf.equal(tf.reshape(segments, [rows, length, 1]), tf.reshape(segments, [rows, 1, length]));
  const steps = tf.range(0, length, 1, 'int32');
  const past = tf.lessEqual(tf.reshape(steps, [1, 1, length]), tf.reshape(steps, [1, length, 1]));
  return tf.mul(tf.sub(1, tf.cast(tf.logicalAnd(same, past), 'float32')), NEVER);
};

export interface AttentionBlock {
  readonly parameters: readonly Parameter[];
  /** x and the result are [rows * length x width], `mask` as `causalMask` makes it. */
  apply(pass: Pass, x: Tensor, layout: SequenceLayout, mask: Tensor): Tensor;
}

/**
 * A transformer block, normalised before each part (Xiong et al. 2020): x + attention(norm(x)), then
 * x + relu(norm(x) W1 + b1) W2 + b2 with W1 [width x hidden]. Multi-head softmax(Q K' / sqrt(width / heads)) V
 * (Vaswani et al. 2017); dropout on the attention weights and on what each part adds.
 */
export const attentionBlock = (
  name: string,
  width: number,
  heads: number,
  hidden: number,
  rng: Rng,
  dropoutRate = 0,
): AttentionBlock => {
  const before = layerNorm(`${name}/attention/norm`, width);
  const projections = dense(`${name}/attention/in`, width, 3 * width, rng);
  const merge = dense(`${name}/attention/out`, width, width, rng);
  const between = layerNorm(`${name}/feed/norm`, width);
  const widen = dense(`${name}/feed/in`, width, hidden, rng, 'relu');
  const narrow = dense(`${name}/feed/out`, hidden, width, rng);
  const size = width / heads;

  const attend = (pass: Pass, x: Tensor, { rows, length }: SequenceLayout, mask: Tensor): Tensor => {
    const { tf } = pass;
    // Cut by columns and reshaped by rows: no head needs a transpose.
    const parts = tf
      .split(projections.apply(pass, x), 3 * heads, 1)
      .map((part) => tf.reshape(part, [rows, length, size]));
    const results = Array.from({ length: heads }, (_, h) => {
      const logits = tf.matMul(tf.mul(parts[h]!, size ** -0.5), parts[heads + h]!, false, true);
      const weights = dropout(pass, tf.softmax(tf.add(logits, mask)), dropoutRate);
      return tf.reshape(tf.matMul(weights, parts[2 * heads + h]!), [rows * length, size]);
    });
    return merge.apply(pass, results.length === 1 ? results[0]! : tf.concat(results, 1));
  };

  return {
    parameters: [before, projections, merge, between, widen, narrow].flatMap((layer) => layer.parameters),
    apply: (pass, x, layout, mask) => {
      const { tf } = pass;
      const attended = attend(pass, before.apply(pass, x), layout, mask);
      const y = tf.add(x, dropout(pass, attended, dropoutRate));
      const fed = dropout(pass, widen.apply(pass, between.apply(pass, y)), dropoutRate);
      return tf.add(y, dropout(pass, narrow.apply(pass, fed), dropoutRate));
    },
  };
};
