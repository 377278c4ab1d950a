import type { Tensor, Tf } from '../spi/index.ts';
import type { Table } from './parameter.ts';

/** Rows of a table as one of a batch's inputs; the tensor is [...shape, columns]. */
export interface Lookup {
  readonly table: Table;
  /** Row numbers; a negative one reads zeros and learns nothing (padding). */
  readonly indices: Int32Array;
  readonly shape: readonly number[];
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

export const isLookup = (feed: Feed): feed is Lookup => 'indices' in feed;

export const uploadHost = (tf: Tf, feed: HostTensor | Float32Array | Int32Array): Tensor => {
  const { data, shape } = 'data' in feed ? feed : { data: feed, shape: [feed.length] };
  return tf.tensor(data, [...shape], data instanceof Int32Array ? 'int32' : 'float32');
};

/** The rows side by side, [indices x columns]; zeros for a negative index. */
export const gatherRows = (table: Table, indices: Int32Array): Float32Array => {
  const { columns, data } = table;
  const rows = new Float32Array(indices.length * columns);
  for (let k = 0; k < indices.length; k++) {
    if (indices[k]! < 0) continue;
    const from = indices[k]! * columns;
    const to = k * columns;
    for (let c = 0; c < columns; c++) rows[to + c] = data[from + c]!;
  }
  return rows;
};
