import type { Csr, Tensor, Tf } from '../spi/index.ts';
import type { Table } from './parameter.ts';

/** Rows of a table as one of a batch's inputs; the tensor is [...shape, columns]. */
export interface Lookup {
  readonly table: Table;
  /** Row numbers; a negative one reads zeros and learns nothing (padding). */
  readonly indices: Int32Array;
  readonly shape: readonly number[];
  /** Given: the tensor has a row a bag, and `shape` is [bags]. */
  readonly bags?: Bags;
}

/** Bag b is the sum of the rows `indices[offsets[b] .. offsets[b + 1])`, each times its weight. */
export interface Bags {
  readonly offsets: Uint32Array;
  readonly weights: Float32Array;
}

/** Numbers of the batch itself: labels, features, masks. */
export interface HostTensor {
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

/** What a batch gives to the loss by name; a bare array is a vector. */
export type Feed = Lookup | HostTensor | Float32Array | Int32Array;
/** A feed may be undefined where the data has no need of it; so is its tensor then. */
export type Feeds = Readonly<Record<string, Feed | undefined>>;
export type TensorsOf<F extends Feeds> = {
  readonly [N in keyof F]: undefined extends F[N] ? Tensor | undefined : Tensor;
};

/** Rows `indices` of `table`; `shape` (default: one axis) arranges them, e.g. [batch, length] for sequences. */
export const lookup = (table: Table, indices: Int32Array, shape: readonly number[] = [indices.length]): Lookup => ({
  table,
  indices,
  shape,
});

/**
 * Weighted sums of rows of `table`, [bags x columns]: a sparse matrix times the table, whose rows are never laid out
 * one by one.
 */
export const embeddingBag = (
  table: Table,
  { offsets, indices, values }: Pick<Csr, 'offsets' | 'indices' | 'values'>,
): Lookup => ({ table, indices, shape: [offsets.length - 1], bags: { offsets, weights: values } });

export const isLookup = (feed: Feed): feed is Lookup => 'indices' in feed;

export const uploadHost = (tf: Tf, feed: HostTensor | Float32Array | Int32Array): Tensor => {
  const { data, shape } = 'data' in feed ? feed : { data: feed, shape: [feed.length] };
  return tf.tensor(data, [...shape], data instanceof Int32Array ? 'int32' : 'float32');
};

/** What a lookup reads, in the order of its shape. */
export const readRows = ({ table, indices, bags }: Lookup): Float32Array => {
  const { columns, data } = table;
  if (bags) return sumRows(table, indices, bags);
  const rows = new Float32Array(indices.length * columns);
  for (let k = 0; k < indices.length; k++) {
    if (indices[k]! < 0) continue;
    const from = indices[k]! * columns;
    const to = k * columns;
    for (let c = 0; c < columns; c++) rows[to + c] = data[from + c]!;
  }
  return rows;
};

const sumRows = ({ columns, data }: Table, indices: Int32Array, { offsets, weights }: Bags): Float32Array => {
  const bags = offsets.length - 1;
  const sums = new Float32Array(bags * columns);
  for (let b = 0; b < bags; b++) {
    const to = b * columns;
    for (let k = offsets[b]!; k < offsets[b + 1]!; k++) {
      if (indices[k]! < 0) continue;
      const from = indices[k]! * columns;
      const weight = weights[k]!;
      for (let c = 0; c < columns; c++) sums[to + c]! += weight * data[from + c]!;
    }
  }
  return sums;
};
