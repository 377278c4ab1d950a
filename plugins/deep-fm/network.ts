import type { Rng, Tensor } from 'recograph';
import {
  constant,
  dense,
  dropout,
  type FieldLayout,
  glorotUniform,
  mlp,
  normal,
  pairwise,
  parameter,
  poolFields,
  sidesOfLayout,
  sumVectors,
  type TwoSidedNetwork,
  table,
  weighSlots,
  zeros,
} from 'recograph/nn';

/** What decides the network's shape; plain JSON. */
export interface NetworkShape {
  readonly layout: FieldLayout;
  readonly variant: 'deep-fm' | 'wide-and-deep' | 'deep';
  readonly factors: number;
  readonly hidden: readonly number[];
  readonly dropout: number;
}

/** What one side brings to a score, row for row. */
export interface Half {
  /** Its part of the first hidden layer, before bias and ReLU, [rows x hidden[0]]. */
  readonly hidden: Tensor;
  /** Its weights and the pairs among its own fields, [rows x 1]; undefined in the variant `deep`. */
  readonly own: Tensor | undefined;
  /** `deep-fm`: the sum of its fields' vectors, [rows x factors]. */
  readonly sums: Tensor | undefined;
}

export type Network = TwoSidedNetwork<Half>;

/** Standard deviation of the embeddings' first values. */
const INITIAL_DEVIATION = 0.05;

/**
 * score = bias + sum_j w_j x_j + sum_{f < g} <e_f, e_g> + network(e_1 .. e_n), with e_f the embedding of field f, the same
 * for pairs and network (Guo et al. 2017, eq. 1 to 4). `wide-and-deep` is without the pairs, `deep` without pairs and weights.
 * The first hidden layer is held as two halves, x_query W_query + x_item W_item + b, so that scoring many items for one query
 * multiplies each side once.
 */
export const createNetwork = (shape: NetworkShape, bias: number, rng: Rng): Network => {
  const { layout, variant, factors, hidden } = shape;
  const first = hidden[0]!;
  const sides = sidesOfLayout(layout);
  const inputs = (sides.query + sides.item) * factors;
  const ofQuery = sides.query * factors;
  const glorot = glorotUniform(rng)([inputs, first]);
  const vectors = table('vectors', layout.rows, factors, normal(rng, INITIAL_DEVIATION));
  const weights = variant === 'deep' ? undefined : table('weights', layout.rows, 1, zeros);
  const offset = parameter('bias', [1], constant(bias));
  const firstLayer = {
    query: parameter('first/query', [ofQuery, first], () => glorot.slice(0, ofQuery * first)),
    item: parameter('first/item', [inputs - ofQuery, first], () => glorot.slice(ofQuery * first)),
    bias: parameter('first/bias', [first], zeros),
  };
  const rest = mlp('rest', hidden, rng, shape.dropout);
  const output = dense('output', hidden.at(-1)!, 1, rng);
  const others = [offset, ...Object.values(firstLayer), ...rest.parameters, ...output.parameters];
  return {
    vectors,
    weights,
    dense: others,
    outputs: 1,
    parameters: weights ? [vectors, weights, ...others] : [vectors, ...others],
    half: ({ tf, value }, side, looked) => {
      const fields = poolFields(tf, weighSlots(tf, looked.vectors, looked.x), looked.widths);
      const part = tf.matMul(fields as never, value(firstLayer[side]) as never);
      const linear = looked.weights && tf.sum(weighSlots(tf, looked.weights, looked.x), 1);
      if (variant !== 'deep-fm') return { hidden: part, own: linear, sums: undefined };
      const sums = sumVectors(tf, fields, factors);
      return { hidden: part, own: tf.add(linear!, pairwise(tf, fields, sums)), sums };
    },
    combine: (pass, query, item) => {
      const { tf } = pass;
      const hidden = tf.relu(tf.add(item.hidden, tf.add(query.hidden, pass.value(firstLayer.bias))));
      const deep = output.apply(pass, dropout(pass, rest.apply(pass, hidden), shape.dropout));
      const terms = [tf.add(deep, pass.value(offset))];
      if (query.own && item.own) terms.push(tf.add(query.own, item.own));
      if (query.sums && item.sums) terms.push(tf.sum(tf.mul(query.sums, item.sums), 1, true));
      return terms.reduce((sum, term) => tf.add(sum, term));
    },
  };
};
