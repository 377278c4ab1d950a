import type { Rng, Tensor } from '../../spi/index.ts';
import { dense, dropout, layerNorm } from '../layers.ts';
import type { Parameter } from '../parameter.ts';
import type { Pass } from '../pass.ts';
import { causalAttention } from './causal-attention.ts';
import type { SequenceLayout } from './layout.ts';

export interface AttentionBlock {
  readonly parameters: readonly Parameter[];
  /** x and the result are [rows * length x width]; with `ends` (int32 [rows]) the result is that of those places alone. */
  apply(pass: Pass, x: Tensor, layout: SequenceLayout, ends?: Tensor): Tensor;
}

/**
 * A transformer block, normalised before each part (Xiong et al. 2020): x + attention(norm(x)), then
 * x + relu(norm(x) W1 + b1) W2 + b2 with W1 [width x hidden]. Dropout on the attention weights and on what each part
 * adds.
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
  const query = dense(`${name}/attention/query`, width, width, rng);
  const keysValues = dense(`${name}/attention/keys-values`, width, 2 * width, rng);
  const merge = dense(`${name}/attention/out`, width, width, rng);
  const between = layerNorm(`${name}/feed/norm`, width);
  const widen = dense(`${name}/feed/in`, width, hidden, rng, 'relu');
  const narrow = dense(`${name}/feed/out`, hidden, width, rng);
  const all = [before, query, keysValues, merge, between, widen, narrow];

  return {
    parameters: all.flatMap((layer) => layer.parameters),
    apply: (pass, x, layout, ends) => {
      const { tf } = pass;
      const asked = (tensor: Tensor): Tensor => (ends ? tf.gather(tensor, ends as never) : tensor);
      const normal = before.apply(pass, x);
      const queries = query.apply(pass, asked(normal));
      const found = causalAttention(pass, queries, keysValues.apply(pass, normal), layout, heads, dropoutRate, ends);
      const y = tf.add(asked(x), dropout(pass, merge.apply(pass, found), dropoutRate));
      const fed = dropout(pass, widen.apply(pass, between.apply(pass, y)), dropoutRate);
      return tf.add(y, dropout(pass, narrow.apply(pass, fed), dropoutRate));
    },
  };
};
