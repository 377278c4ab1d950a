import type { Rng, Tensor, Tf } from 'recograph';
import {
  type CellKind,
  dense,
  dropout,
  meanOverTokens,
  normal,
  recurrent,
  type TextNetwork,
  type TextTensors,
  table,
  tokenMask,
} from 'recograph/nn';

export interface TextRnnShape {
  readonly cell: CellKind;
  readonly embedding: number;
  readonly units: number;
  readonly pooling: 'last' | 'average';
  readonly dropout: number;
  readonly tokenDropout: number;
}

/** Standard deviation of the first token vectors. */
const INITIAL_DEVIATION = 0.1;

/** A recurrent layer over the tokens; its last state or the mean of its states, beside the mean token vector, then a dense layer. */
export const textRnn = (shape: TextRnnShape, tokens: number, width: number, rng: Rng): TextNetwork => {
  const { embedding, units } = shape;
  const words = table('words', tokens, embedding, normal(rng, INITIAL_DEVIATION));
  const layer = recurrent('recurrent', shape.cell, embedding, units, rng);
  const output = dense('output', embedding + units, width, rng);
  return {
    width,
    words,
    parameters: [words, ...layer.parameters, ...output.parameters],
    encode: (pass, tensors) => {
      const { tf } = pass;
      const { tokens: all, positions } = tensors as unknown as TextTensors;
      const [rows, length] = positions.shape as [number, number];
      const mask = tokenMask(tf, positions);
      const x = tf.mul(all, dropout(pass, mask, shape.tokenDropout));
      const layout = { rows, length, positions };
      const states = tf.reshape(layer.apply(pass, tf.reshape(x, [rows * length, embedding]), layout), [
        rows,
        length,
        units,
      ]);
      const state = shape.pooling === 'last' ? lastState(tf, states, positions) : meanOverTokens(tf, states, mask);
      const parts = tf.concat([meanOverTokens(tf, x, mask), state], 1);
      return output.apply(pass, dropout(pass, parts, shape.dropout));
    },
  };
};

/** The state at each text's last token. */
const lastState = (tf: Tf, states: Tensor, positions: Tensor): Tensor => {
  const last = tf.cast(tf.equal(positions, tf.max(positions, 1, true)), 'float32');
  return tf.sum(tf.mul(states, tf.expandDims(last, 2)), 1);
};
