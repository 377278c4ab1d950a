import type { Tensor } from '../../spi/index.ts';
import { SEEDS } from '../layers.ts';
import { hasOwnKernel, runOwnKernel, withGradient } from '../own-kernels.ts';
import type { Pass } from '../pass.ts';
import type { SequenceLayout } from './layout.ts';

/**
 * Multi-head dropout(softmax(q k' / sqrt(width / heads))) v (Vaswani et al. 2017), a place looking at its own sequence
 * up to itself. `keysValues` [rows * length x 2 width] holds keys, then values; `queries` [rows * length x width], or
 * [rows x width] where `ends` (int32 [rows]) names the one place of each row that asks.
 */
export const causalAttention = (
  pass: Pass,
  queries: Tensor,
  keysValues: Tensor,
  layout: SequenceLayout,
  heads: number,
  dropoutRate: number,
  ends?: Tensor,
): Tensor => {
  const { tf } = pass;
  const { rows, length } = layout;
  const size = queries.shape[1]! / heads;
  if (size % 4 === 0 && hasOwnKernel(tf, 'CausalAttention')) {
    return inOneKernel(pass, queries, keysValues, layout, heads, dropoutRate, ends);
  }
  const steps = ends ? 1 : length;
  // Cut by columns and reshaped by rows: no head needs a transpose.
  const asking = tf.split(queries, heads, 1).map((part) => tf.reshape(part, [rows, steps, size]));
  const parts = tf.split(keysValues, 2 * heads, 1).map((part) => tf.reshape(part, [rows, length, size]));
  const mask = layout.mask(ends);
  const drops = pass.training && dropoutRate > 0;
  const kept = drops ? layout.dropoutMasks(heads, dropoutRate, pass.rng.int(SEEDS), ends) : undefined;
  const results = asking.map((query, h) => {
    const logits = tf.matMul(tf.mul(query, size ** -0.5), parts[h]!, false, true);
    const weights = tf.softmax(tf.add(logits, mask));
    const left = kept ? tf.mul(weights, kept[h]!) : weights;
    return tf.reshape(tf.matMul(left, parts[heads + h]!), [rows * steps, size]);
  });
  return tf.concat(results, 1);
};

const inOneKernel = (
  { tf, rng, training }: Pass,
  queries: Tensor,
  keysValues: Tensor,
  { positions, length }: SequenceLayout,
  heads: number,
  dropoutRate: number,
  at: Tensor | undefined,
): Tensor => {
  const drops = training && dropoutRate > 0;
  const attributes = { heads, length, rate: drops ? dropoutRate : 0, seed: drops ? rng.int(SEEDS) : 0 };
  return withGradient(
    tf,
    [queries, keysValues],
    (save) => {
      const inputs = { queries, keysValues, positions, at };
      const [out, sums] = runOwnKernel(tf, 'CausalAttention', inputs, attributes) as [Tensor, Tensor];
      save([queries, keysValues, sums, positions, ...(at ? [at] : [])]);
      return out;
    },
    (dy, [queries, keysValues, sums, positions, at]) =>
      runOwnKernel(tf, 'CausalAttentionGradient', { dy, queries, keysValues, positions, at, sums }, attributes),
  );
};
