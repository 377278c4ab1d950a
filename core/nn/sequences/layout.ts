import type { Tensor, Tf } from '../../spi/index.ts';

/**
 * Sequences in rows of one length, place r * length + t being step t of row r. A row may hold several sequences, one
 * behind another; what is left of it is padding.
 */
export interface SequenceRows {
  readonly rows: number;
  readonly length: number;
  /** [rows x length]; -1 = padding. */
  readonly items: Int32Array;
  /** Place within its sequence, from 0; -1 = padding. */
  readonly positions: Int32Array;
  /** Number of the sequence that a place belongs to; -1 = padding. */
  readonly segments: Int32Array;
}

/** The same as a network sees it; `positions` and `segments` are int32 [rows x length]. */
export interface SequenceLayout {
  readonly rows: number;
  readonly length: number;
  readonly positions: Tensor;
  readonly segments: Tensor;
}

/** Call it inside a scope. */
export const layoutOf = (tf: Tf, { rows, length, positions, segments }: SequenceRows): SequenceLayout => ({
  rows,
  length,
  positions: tf.tensor2d(positions, [rows, length], 'int32'),
  segments: tf.tensor2d(segments, [rows, length], 'int32'),
});

/** All padding, to be filled by `writeSequence`. */
export const emptyRows = (rows: number, length: number): SequenceRows => ({
  rows,
  length,
  items: new Int32Array(rows * length).fill(-1),
  positions: new Int32Array(rows * length).fill(-1),
  segments: new Int32Array(rows * length).fill(-1),
});

/** Writes items `from .. to` of `values` as sequence `segment` at `place`. */
export const writeSequence = (
  into: SequenceRows,
  place: number,
  values: Int32Array,
  from: number,
  to: number,
  segment: number,
): void => {
  for (let k = from; k < to; k++) {
    const at = place + k - from;
    into.items[at] = values[k]!;
    into.positions[at] = k - from;
    into.segments[at] = segment;
  }
};
