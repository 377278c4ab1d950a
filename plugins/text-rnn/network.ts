import type { Rng, Tensor, Tf } from 'recograph';
import {
  type CellKind,
  dense,
  dropout,
  gistWidth,
  meanOverTokens,
  normal,
  readText,
  recurrent,
  type TextNetwork,
  type TextTensors,
  table,
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

/** A recurrent layer over the tokens; its last state or the mean of its states, beside the text's gist, then a dense layer. */
export const textRnn = (shape: TextRnnShape, tokens: number, width: number, rng: Rng): TextNetwork => {
  const { embedding, units } = shape;
  const words = table('words', tokens, embedding, normal(rng, INITIAL_DEVIATION));
  const layer = recurrent('recurrent', shape.cell, embedding, units, rng);
  const output = dense('output', gistWidth(embedding) + units, width, rng);
  return {
    width,
    words,
    outputs: [output],
    parameters: [words, ...layer.parameters, ...output.parameters],
    encode: (pass, tensors) => {
      const { tf } = pass;
      const text = tensors as unknown as TextTensors;
      const { positions } = text;
      const [rows, length] = positions.shape as [number, number];
      const { x, mask, gist } = readText(pass, text, shape.tokenDropout);
      const layout = { rows, length, positions };
      const states = tf.reshape(layer.apply(pass, tf.reshape(x, [rows * length, embedding]), layout), [
        rows,
        length,
        units,
      ]);
      const state = shape.pooling === 'last' ? lastState(tf, states, positions) : meanOverTokens(tf, states, mask);
      return output.apply(pass, tf.concat([gist, dropout(pass, state, shape.dropout)], 1));
    },
  };
};

/** The state at each text's last token. */
const lastState = (tf: Tf, states: Tensor, positions: Tensor): Tensor => {
  const last = tf.cast(tf.equal(positions, tf.max(positions, 1, true)), 'float32');
  return tf.sum(tf.mul(states, tf.expandDims(last, 2)), 1);
};
