import type { Tensor, Tf } from '../../spi/index.ts';
import { attentionDropoutMasks } from '../dropout-mask.ts';

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

/** The same as a network sees it. */
export interface SequenceLayout {
  readonly rows: number;
  readonly length: number;
  /** int32 [rows x length]. */
  readonly positions: Tensor;
  /**
   * The places that are asked for, one of each row (int32 [rows]); undefined: all of them. An encoder need not compute
   * what no answer comes from.
   */
  readonly ends: Tensor | undefined;
  /** What logits get added, 0 or -1e9 where a step may not look: [rows x length x length], or [rows x 1 x length] at `ends`. */
  mask(ends?: Tensor): Tensor;
  /** What dropout multiplies the weights of each head by, of the mask's shape. */
  dropoutMasks(heads: number, rate: number, seed: number, ends?: Tensor): Tensor[];
}

/** Adding it to a logit takes the place out of a softmax. */
const NEVER = -1e9;

/** Call it inside a scope. `ends`: place of each row that is asked for. */
export const layoutOf = (tf: Tf, inputs: SequenceRows, ends?: Int32Array): SequenceLayout => {
  const { rows, length, positions } = inputs;
  const masks = new Map<boolean, Tensor>();
  return {
    rows,
    length,
    positions: tf.tensor2d(positions, [rows, length], 'int32'),
    ends: ends && tf.tensor1d(ends, 'int32'),
    mask: (at) => {
      const asked = at !== undefined;
      if (!masks.has(asked)) masks.set(asked, maskOf(tf, inputs, asked ? ends : undefined));
      return masks.get(asked)!;
    },
    dropoutMasks: (heads, rate, seed, at) => {
      const places = at && ends ? ends : Int32Array.from(positions.keys());
      return attentionDropoutMasks(positions, places, length, heads, seed, rate).map((mask) =>
        tf.tensor3d(mask, [rows, places.length / rows, length]),
      );
    },
  };
};

const maskOf = (tf: Tf, { rows, length, positions }: SequenceRows, ends: Int32Array | undefined): Tensor => {
  const count = ends ? rows : rows * length;
  const mask = new Float32Array(count * length).fill(NEVER);
  for (let k = 0; k < count; k++) {
    const place = ends ? ends[k]! : k;
    const step = place % length;
    if (positions[place]! >= 0) mask.fill(0, k * length + step - positions[place]!, k * length + step + 1);
  }
  return tf.tensor3d(mask, [rows, count / rows, length]);
};

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
