import type { Dataset, Histories, Matrix, Ragged, Tensor, Tf } from 'recograph';
import { embeddingBag, type HostTensor, type Lookup, lookup, type Table, type TensorsOf } from 'recograph/nn';

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

/** The implied part of a batch, once for each distinct user, however many examples the user has. */
export interface ImpliedFeeds {
  /** |N(u)|^-1/2 sum_{j in N(u)} y_j of the distinct users, [users x factors]. */
  readonly impliedSums: Lookup | undefined;
  /** Which of them each example is of. */
  readonly impliedUser: Int32Array | undefined;
  /** y_j of the distinct items, [items x factors]. */
  readonly impliedItems: Lookup | undefined;
  /** Share of the batch's examples in whose N(u) each of them is, [items x 1]. */
  readonly impliedShares: HostTensor | undefined;
}

const NONE: ImpliedFeeds = {
  impliedSums: undefined,
  impliedUser: undefined,
  impliedItems: undefined,
  impliedShares: undefined,
};

/** Of the users of a batch's examples; all undefined where nothing is implied. */
export const impliedFeeds = (implied: Implied | undefined, users: Int32Array): ImpliedFeeds => {
  if (!implied) return NONE;
  const { vectors, taken } = implied;
  const counts = new Map<number, number>();
  for (const user of users) counts.set(user, (counts.get(user) ?? 0) + 1);
  const places = new Map([...counts.keys()].map((user, place) => [user, place]));
  const shares = new Map<number, number>();
  const lists: Int32Array[] = [];
  for (const [user, count] of counts) {
    const own = taken.values.subarray(taken.offsets[user], taken.offsets[user + 1]);
    for (const item of own) shares.set(item, (shares.get(item) ?? 0) + count / users.length);
    lists.push(own);
  }
  const offsets = new Uint32Array(lists.length + 1);
  for (const [b, list] of lists.entries()) offsets[b + 1] = offsets[b]! + list.length;
  const indices = new Int32Array(offsets[lists.length]!);
  const values = new Float32Array(indices.length);
  for (const [b, list] of lists.entries()) {
    indices.set(list, offsets[b]);
    values.fill(1 / Math.sqrt(list.length), offsets[b], offsets[b + 1]);
  }
  return {
    impliedSums: embeddingBag(vectors, { offsets, indices, values }),
    impliedUser: users.map((user) => places.get(user)!),
    impliedItems: lookup(vectors, Int32Array.from(shares.keys())),
    impliedShares: { data: Float32Array.from(shares.values()), shape: [shares.size, 1] },
  };
};

type ImpliedTensors = TensorsOf<Pick<ImpliedFeeds, keyof ImpliedFeeds>>;

/** Each example's |N(u)|^-1/2 sum y_j, [examples x factors]. */
export const impliedVectors = (tf: Tf, { impliedSums, impliedUser }: ImpliedTensors): Tensor =>
  tf.gather(impliedSums!, impliedUser as never);

/** Mean over examples of sum_{j in N(u)} |y_j|^2: what L2 regularization multiplies. */
export const impliedNorm = (tf: Tf, { impliedItems, impliedShares }: ImpliedTensors): Tensor =>
  tf.sum(tf.mul(tf.square(impliedItems!), impliedShares!));
