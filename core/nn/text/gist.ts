import type { Tensor } from '../../spi/index.ts';
import { dropout } from '../layers.ts';
import type { Pass } from '../pass.ts';
import { unitLength } from '../retrieval/unit-length.ts';
import type { TextTensors } from './inputs.ts';
import { tokenMask } from './pooling.ts';

/** A text whose tokens were read: some are left out while training. */
export interface ReadText {
  /** Token vectors [rows x length x columns]. */
  readonly x: Tensor;
  /** [rows x length x 1]: 1 at a token that was read. */
  readonly mask: Tensor;
  /** [rows x (columns + 2)]: the sum of token vectors by tf-idf, sqrt(columns) / 2 long, and how long the text is. */
  readonly gist: Tensor;
}

export const readText = (
  pass: Pass,
  { tokens, positions, weights, extent }: TextTensors,
  tokenDropout: number,
): ReadText => {
  const { tf } = pass;
  const columns = tokens.shape[2]!;
  const mask = dropout(pass, tokenMask(tf, positions), tokenDropout);
  const x = tf.mul(tokens, mask);
  const sum = tf.sum(tf.mul(x, tf.expandDims(weights, 2)), 1);
  const gist = tf.mul(unitLength(tf, sum), Math.sqrt(columns) / 2);
  return { x, mask, gist: tf.concat([gist, extent], 1) };
};

/** Width of `gist`. */
export const gistWidth = (columns: number): number => columns + 2;
