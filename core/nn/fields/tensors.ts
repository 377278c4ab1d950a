import type { Tensor, Tf } from '../../spi/index.ts';
import { type HostTensor, type Lookup, lookup } from '../feeds.ts';
import type { Table } from '../parameter.ts';
import type { Slots } from './slots.ts';

/** Rows of a table for every slot, [rows x width x columns]. */
export const slotLookup = (table: Table, { rows, width, places }: Slots): Lookup =>
  lookup(table, places, [rows, width]);

/** The slots' factors as a feed [rows x width x 1]; undefined where all are 1. */
export const slotFactors = ({ rows, width, factors }: Slots): HostTensor | undefined =>
  factors && { data: factors, shape: [rows, width, 1] };

/** A number of each slot's table row as a feed [rows x width x 1]; 0 where a slot has none. */
export const slotShares = (ofRows: Float32Array, { rows, width, places }: Slots): HostTensor => ({
  data: Float32Array.from(places, (place) => (place < 0 ? 0 : ofRows[place]!)),
  shape: [rows, width, 1],
});

/** Looked-up rows times their factors: x_j v_j for each slot, [rows x width x columns]. */
export const weighSlots = (tf: Tf, looked: Tensor, factors: Tensor | undefined): Tensor =>
  factors ? tf.mul(looked, factors) : looked;

/** One vector a field, the sum over its slots: [rows x width x columns] -> [rows x fields * columns]. */
export const poolFields = (tf: Tf, slots: Tensor, widths: readonly number[]): Tensor => {
  const [rows, , columns] = slots.shape as [number, number, number];
  if (widths.every((width) => width === 1)) return tf.reshape(slots, [rows, widths.length * columns]);
  const parts = tf.split(slots, [...widths], 1);
  return tf.concat(
    parts.map((part, f) => (widths[f] === 1 ? tf.reshape(part, [rows, columns]) : tf.sum(part, 1))),
    1,
  );
};

/** Sum of the vectors of each row: [rows x n * columns], n vectors side by side -> [rows x columns]. */
export const sumVectors = (tf: Tf, vectors: Tensor, columns: number): Tensor => {
  const width = vectors.shape[1]!;
  // A product with stacked identities: a matrix product is what runtimes do best.
  const stacked = new Float32Array(width * columns);
  for (let k = 0; k < width; k++) stacked[k * columns + (k % columns)] = 1;
  return tf.matMul(vectors as never, tf.tensor2d(stacked, [width, columns]));
};

/**
 * Sum over all pairs of <v_i, v_j>, in linear time: 1/2 (|sum v|^2 - sum |v|^2), [rows x 1] (Rendle 2010, lemma 3.1).
 * `vectors` is [rows x n * columns]; `total` is their `sumVectors`.
 */
export const pairwise = (tf: Tf, vectors: Tensor, total: Tensor): Tensor => {
  const squares = tf.sub(tf.sum(tf.square(total), 1, true), tf.sum(tf.square(vectors), 1, true));
  return tf.mul(squares, 0.5);
};
