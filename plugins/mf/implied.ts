import type { Dataset, Histories, Matrix, Ragged, Tensor, Tf } from 'recograph';
import { type HostTensor, type Lookup, lookup, type Table, type TensorsOf } from 'recograph/nn';

/**
 * SVD++ (Koren 2008, eq. 15): what a user has events with says something whatever the values were. With N(u) the distinct
 * items of a user, |N(u)|^-1/2 sum_{j in N(u)} y_j is added to the user's vector.
 */
export const impliedItems = ({ users, items, interactions }: Dataset): Ragged => {
  const offsets = new Uint32Array(users.size + 1);
  const values = new Int32Array(interactions.length);
  const lastUser = new Int32Array(items.size).fill(-1);
  let size = 0;
  for (let user = 0; user < users.size; user++) {
    for (let k = interactions.userOffsets[user]!; k < interactions.userOffsets[user + 1]!; k++) {
      const item = interactions.items[k]!;
      if (lastUser[item] === user) continue;
      lastUser[item] = user;
      values[size++] = item;
    }
    offsets[user + 1] = size;
  }
  return { offsets, values: values.subarray(0, size) };
};

/** N of one query, items outside the vocabulary left out. */
export const impliedByHistory = ({ offsets, items }: Histories, query: number, size: number): Int32Array => {
  const known = items.subarray(offsets[query], offsets[query + 1]).filter((item) => item >= 0 && item < size);
  return Int32Array.from(new Set(known));
};

/** Adds |items|^-1/2 sum of their rows to `vector`. */
export const addImplied = (vectors: Matrix, items: Int32Array, vector: Float32Array | Float64Array): void => {
  const { columns, data } = vectors;
  const factor = 1 / Math.sqrt(items.length);
  for (const item of items) for (let c = 0; c < columns; c++) vector[c]! += factor * data[item * columns + c]!;
};

export interface Implied {
  /** y_j, [items x factors]. */
  readonly vectors: Table;
  /** N(u). */
  readonly taken: Ragged;
}

/** The implied part of a batch: the rows of N(u) once for each distinct user u, however many examples u has. */
export interface ImpliedFeeds {
  /** y_j, user after user, [entries x factors]. */
  readonly implied: Lookup | undefined;
  /** |N(u)|^-1/2 of the distinct users, [examples x 1], zeros behind the last one. */
  readonly impliedFactor: HostTensor | undefined;
  /** Share of the batch's examples that are theirs, [examples x 1]. */
  readonly impliedShare: HostTensor | undefined;
  /** Which distinct user an entry belongs to. */
  readonly impliedUser: Int32Array | undefined;
  /** Which distinct user each example is of. */
  readonly exampleUser: Int32Array | undefined;
}

const NONE: ImpliedFeeds = {
  implied: undefined,
  impliedFactor: undefined,
  impliedShare: undefined,
  impliedUser: undefined,
  exampleUser: undefined,
};

/** Of the users of a batch's examples; all undefined where nothing is implied. */
export const impliedFeeds = (implied: Implied | undefined, users: Int32Array): ImpliedFeeds => {
  if (!implied) return NONE;
  const { vectors, taken } = implied;
  const { offsets, values } = taken;
  const places = new Map<number, number>();
  const counts: number[] = [];
  let entries = 0;
  const exampleUser = users.map((user) => {
    let place = places.get(user);
    if (place === undefined) {
      place = places.size;
      places.set(user, place);
      counts.push(0);
      entries += offsets[user + 1]! - offsets[user]!;
    }
    counts[place]!++;
    return place;
  });
  const items = new Int32Array(entries);
  const impliedUser = new Int32Array(entries);
  const factors = new Float32Array(users.length);
  const shares = new Float32Array(users.length);
  let at = 0;
  for (const [user, place] of places) {
    const own = values.subarray(offsets[user], offsets[user + 1]);
    items.set(own, at);
    impliedUser.fill(place, at, at + own.length);
    factors[place] = 1 / Math.sqrt(own.length);
    shares[place] = counts[place]! / users.length;
    at += own.length;
  }
  return {
    implied: lookup(vectors, items),
    impliedFactor: { data: factors, shape: [users.length, 1] },
    impliedShare: { data: shares, shape: [users.length, 1] },
    impliedUser,
    exampleUser,
  };
};

type ImpliedTensors = TensorsOf<Pick<ImpliedFeeds, keyof ImpliedFeeds>>;

/** Each example's |N(u)|^-1/2 sum y_j, [examples x factors]. */
export const impliedVectors = (
  tf: Tf,
  { implied, impliedFactor, impliedUser, exampleUser }: ImpliedTensors,
): Tensor => {
  const sums = tf.unsortedSegmentSum(implied!, impliedUser as never, impliedFactor!.shape[0]!);
  return tf.gather(tf.mul(sums, impliedFactor!), exampleUser as never);
};

/** Mean over examples of sum_{j in N(u)} |y_j|^2: what L2 regularization multiplies. */
export const impliedNorm = (tf: Tf, { implied, impliedShare, impliedUser }: ImpliedTensors): Tensor => {
  const sums = tf.unsortedSegmentSum(tf.square(implied!), impliedUser as never, impliedShare!.shape[0]!);
  return tf.sum(tf.mul(sums, impliedShare!));
};
