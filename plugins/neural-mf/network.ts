import type { Rng, Tensor, Tf } from 'recograph';
import {
  dropout,
  glorotUniform,
  type Lookup,
  lookup,
  mlp,
  normal,
  type Parameter,
  type Pass,
  parameter,
  type Table,
  table,
  zeros,
} from 'recograph/nn';

/** What decides the network's shape; plain JSON. */
export interface NetworkShape {
  readonly variant: 'neumf' | 'mlp' | 'gmf' | 'dot';
  readonly users: number;
  readonly items: number;
  readonly factors: number;
  readonly mlpFactors: number;
  readonly hidden: readonly number[];
  readonly dropout: number;
  readonly biases: boolean;
}

/** Something of one side (users or items) for each part of the network that the variant has. */
export interface Parts<T> {
  /** What is multiplied element by element, [rows x factors]. */
  readonly product: T | undefined;
  /** What the multi-layer network reads, [rows x mlpFactors]; of a `Side`: its half of the first layer's sums. */
  readonly deep: T | undefined;
  /** [rows x 1]. */
  readonly bias: T | undefined;
}

export interface Network {
  readonly user: Parts<Table>;
  readonly item: Parts<Table>;
  /** What is no table. */
  readonly dense: readonly Parameter[];
  readonly parameters: readonly Parameter[];
  /** The weights of the element-wise product, [factors]; undefined where all are 1. */
  readonly productWeights: Parameter | undefined;
  /** The bias of all; undefined where there is none. */
  readonly offset: Parameter | undefined;
  /** What one side brings to its scores, from its looked-up rows. */
  side(pass: Pass, which: 'user' | 'item', rows: Parts<Tensor>): Parts<Tensor>;
  /** Logits (or values) [users x k] of each of the users' rows with its own k of the items' rows. */
  pair(pass: Pass, users: Parts<Tensor>, items: Parts<Tensor>): Tensor;
  /** The same of each user with each item, [users x items]; gmf and dot only. */
  cross(pass: Pass, users: Parts<Tensor>, items: Parts<Tensor>): Tensor;
}

/** Whether scores are inner products, up to a term of the user's: gmf and dot. */
export const isInnerProduct = ({ variant }: Pick<NetworkShape, 'variant'>): boolean =>
  variant === 'gmf' || variant === 'dot';

/**
 * NeuMF (He et al. 2017, eq. 12): score = h.(p_u * q_i) + w.network(p'_u, q'_i) + c, with vectors of their own for both
 * parts; `gmf` (eq. 9) and `mlp` (eq. 10) are one part alone; `dot` is p_u.q_i (h = 1, c = 0), `biases` adds b_u + b_i + c.
 * The first hidden layer is held as two halves, p'_u A + q'_i B + b, so that many items for one user multiply it once.
 */
export const createNetwork = (shape: NetworkShape, initScale: number, rng: Rng): Network => {
  const { variant, factors, mlpFactors, hidden } = shape;
  const multiplies = variant !== 'mlp';
  const isDeep = !isInnerProduct(shape);
  const init = normal(rng, initScale);
  const tables = (side: string, rows: number): Parts<Table> => ({
    product: multiplies ? table(`${side}/product`, rows, factors, init) : undefined,
    deep: isDeep ? table(`${side}/deep`, rows, mlpFactors, init) : undefined,
    bias: shape.biases ? table(`${side}/bias`, rows, 1, zeros) : undefined,
  });
  const user = tables('user', shape.users);
  const item = tables('item', shape.items);
  const productWeights =
    multiplies && variant !== 'dot' ? parameter('output/product', [factors], weightsOf(rng, factors)) : undefined;
  const offset = variant !== 'dot' || shape.biases ? parameter('output/bias', [1], zeros) : undefined;
  const deep = isDeep ? deepPart(mlpFactors, hidden, shape.dropout, rng) : undefined;
  const others = [productWeights, offset].filter((one) => one !== undefined).concat(deep?.parameters ?? []);

  /** Adds what both ways of pairing share. */
  const finish = (tf: Tf, pass: Pass, terms: readonly (Tensor | undefined)[]): Tensor => {
    const given = [...terms, offset && pass.value(offset)].filter((term) => term !== undefined);
    return given.reduce((sum, term) => tf.add(sum, term));
  };
  return {
    user,
    item,
    dense: others,
    parameters: [...partsOf(user), ...partsOf(item), ...others],
    productWeights,
    offset,
    side: (pass, which, rows) => ({
      product:
        which === 'user' && rows.product && productWeights
          ? pass.tf.mul(rows.product, pass.value(productWeights))
          : rows.product,
      deep: rows.deep && deep?.half(pass, which, rows.deep),
      bias: rows.bias,
    }),
    pair: (pass, users, items) => {
      const { tf } = pass;
      const count = partsOf(users)[0]!.shape[0]!;
      const each = partsOf(items)[0]!.shape[0]! / count;
      const spread = (rows: Tensor): Tensor => tf.reshape(rows, [count, -1, rows.shape[1]!]);
      const product = users.product && items.product && tf.sum(tf.mul(spread(users.product), spread(items.product)), 2);
      const sums = users.deep && items.deep && tf.add(spread(users.deep), spread(items.deep));
      return finish(tf, pass, [
        product,
        sums && tf.reshape(deep!.rest(pass, tf.reshape(sums, [count * each, hidden[0]!])), [count, each]),
        users.bias,
        items.bias && tf.reshape(items.bias, [count, each]),
      ]);
    },
    cross: (pass, users, items) => {
      const { tf } = pass;
      const product = tf.matMul(users.product!, items.product!, false, true);
      return finish(tf, pass, [product, users.bias, items.bias && tf.transpose(items.bias)]);
    },
  };
};

const weightsOf = (rng: Rng, factors: number) => () => glorotUniform(rng)([factors, 1]);

/** The multi-layer network: half of the first layer's sums for each side, then the rest of it. */
const deepPart = (mlpFactors: number, hidden: readonly number[], rate: number, rng: Rng) => {
  const first = hidden[0]!;
  const glorot = glorotUniform(rng)([2 * mlpFactors, first]);
  const halves = {
    user: parameter('first/user', [mlpFactors, first], () => glorot.slice(0, mlpFactors * first)),
    item: parameter('first/item', [mlpFactors, first], () => glorot.slice(mlpFactors * first)),
  };
  const bias = parameter('first/bias', [first], zeros);
  const others = mlp('rest', hidden, rng, rate);
  const output = parameter('output/deep', [hidden.at(-1)!, 1], glorotUniform(rng));
  return {
    parameters: [halves.user, halves.item, bias, ...others.parameters, output],
    half: ({ tf, value }: Pass, side: 'user' | 'item', rows: Tensor): Tensor => {
      const sums = tf.matMul(rows, value(halves[side]));
      return side === 'user' ? tf.add(sums, value(bias)) : sums;
    },
    /** [rows x hidden[0]] sums of both halves -> [rows x 1]. */
    rest: (pass: Pass, sums: Tensor): Tensor => {
      const last = dropout(pass, others.apply(pass, pass.tf.relu(sums)), rate);
      return pass.tf.matMul(last, pass.value(output));
    },
  };
};

/** The parts that there are. */
export const partsOf = <T>({ product, deep, bias }: Parts<T>): T[] =>
  [product, deep, bias].filter((part) => part !== undefined) as T[];

/** Rows `indices` of each of one side's tables. */
export const lookupParts = ({ product, deep, bias }: Parts<Table>, indices: Int32Array): Parts<Lookup> => ({
  product: product && lookup(product, indices),
  deep: deep && lookup(deep, indices),
  bias: bias && lookup(bias, indices),
});
