import type { Csr, Tensor, Tf } from 'recograph';
import { largestOf } from 'recograph/nn';
import type { NeuralMfConfig } from './config.ts';
import { type Parts, partsOf } from './network.ts';

export type PenaltyConfig = Pick<
  NeuralMfConfig,
  'regularization' | 'frequencyScaling' | 'maxNormUsers' | 'maxNormItems'
>;

/** Squared L2 norms of rows [rows], vectors of all parts together; with their biases, or without. */
export const squaredNorms = (tf: Tf, { product, deep, bias }: Parts<Tensor>, biases: boolean): Tensor => {
  const parts = partsOf({ product, deep, bias: biases ? bias : undefined });
  return parts.map((rows) => tf.sum(tf.square(rows), 1)).reduce((sum, norms) => tf.add(sum, norms));
};

/** alpha/2 ||U||_{2,inf}^2 + beta/2 ||V||_{2,inf}^2 over these rows; undefined where neither has a weight. */
export const longestRows = (
  tf: Tf,
  { maxNormUsers, maxNormItems }: PenaltyConfig,
  users: Parts<Tensor>,
  items: Parts<Tensor>,
): Tensor | undefined => {
  const of = (weight: number, rows: Parts<Tensor>): Tensor[] =>
    weight === 0 ? [] : [tf.mul(weight / 2, largestOf(tf, squaredNorms(tf, rows, false)))];
  const terms = [...of(maxNormUsers, users), ...of(maxNormItems, items)];
  return terms.length === 0 ? undefined : terms.reduce((sum, term) => tf.add(sum, term));
};

/** How much weight the examples of an epoch have, by user, by item and in all. */
export interface Mass {
  readonly users: Float32Array;
  readonly items: Float32Array;
  readonly total: number;
}

/** Each positive weighs 1, each item that a user has not taken `unobserved(user)`. */
export const massOf = (positives: Csr, unobserved: (user: number) => number): Mass => {
  const { rows, columns, offsets, indices } = positives;
  const users = new Float32Array(rows);
  const items = new Float32Array(columns);
  let [total, everywhere] = [0, 0];
  for (let user = 0; user < rows; user++) {
    const taken = offsets[user + 1]! - offsets[user]!;
    if (taken === 0) continue;
    const weight = unobserved(user);
    users[user] = taken + weight * (columns - taken);
    total += users[user]!;
    everywhere += weight;
    for (let k = offsets[user]!; k < offsets[user + 1]!; k++) items[indices[k]!]! += 1 - weight;
  }
  for (let item = 0; item < columns; item++) items[item]! += everywhere;
  return { users, items, total };
};

/** What drawing `negatives` items for each positive comes to, for each item that the user has not taken. */
export const meanDraws =
  ({ columns, offsets }: Csr, negatives: number) =>
  (user: number): number => {
    const taken = offsets[user + 1]! - offsets[user]!;
    return taken === columns ? 0 : (negatives * taken) / (columns - taken);
  };
