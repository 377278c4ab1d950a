import type { Rng, Tensor } from 'recograph';
import { dense, dropout, type ItemNetwork, mlp, type Pass, parameter, zeros } from 'recograph/nn';

export interface FusionShape {
  readonly method: 'concatenation' | 'gated' | 'late';
  readonly hidden: readonly number[];
  readonly dropout: number;
}

/** `widths`: of the parts. Shapes as `fusionInputs` feeds them. */
export const fusionNetwork = (shape: FusionShape, widths: readonly number[], width: number, rng: Rng): ItemNetwork => {
  switch (shape.method) {
    case 'concatenation':
      return concatenation(shape, widths, width, rng);
    case 'gated':
      return gated(shape, widths, width, rng);
    case 'late':
      return late(shape, widths, width, rng);
  }
};

type Tensors = Readonly<Record<string, Tensor>>;

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** A network over all parts side by side, and over which of them there are. */
const concatenation = (
  { hidden, dropout: rate }: FusionShape,
  widths: readonly number[],
  width: number,
  rng: Rng,
): ItemNetwork => {
  const all = sumOf(widths) + widths.length;
  const body = mlp('hidden', [all, ...hidden], rng, rate);
  const output = dense('output', hidden.at(-1) ?? all, width, rng);
  return {
    width,
    outputs: [output],
    parameters: [...body.parameters, ...output.parameters],
    encode: (pass, tensors) => {
      const side = [...widths.map((_, m) => tensors[`part${m}`]!), tensors.present!];
      return output.apply(pass, dropout(pass, body.apply(pass, pass.tf.concat(side, 1)), rate));
    },
  };
};

/**
 * Each part's tanh(W x + b), weighted by a softmax over the parts that there are, whose logits see all parts (gated
 * multimodal units, Arevalo et al. 2017, with one gate a part); then one dense layer.
 */
const gated = ({ dropout: rate }: FusionShape, widths: readonly number[], width: number, rng: Rng): ItemNetwork => {
  const projections = widths.map((own, m) => dense(`part${m}`, own, width, rng));
  const gate = dense('gate', sumOf(widths), widths.length, rng);
  const output = dense('output', width, width, rng);
  return {
    width,
    outputs: [output],
    parameters: [...projections, gate, output].flatMap(({ parameters }) => parameters),
    encode: (pass, tensors) => {
      const { tf } = pass;
      const parts = widths.map((_, m) => dropout(pass, tensors[`part${m}`]!, rate));
      const logits = gate.apply(pass, tf.concat(parts, 1));
      const states = parts.map((part, m) => tf.tanh(projections[m]!.apply(pass, part)));
      return output.apply(pass, mixed(pass, states, logits, tensors));
    },
  };
};

/** Each part's own opinion W x + b, weighted by a learned softmax over the parts that there are. */
const late = ({ dropout: rate }: FusionShape, widths: readonly number[], width: number, rng: Rng): ItemNetwork => {
  const opinions = widths.map((own, m) => dense(`part${m}`, own, width, rng));
  const trust = parameter('trust', [1, widths.length], zeros);
  return {
    width,
    outputs: opinions,
    parameters: [...opinions.flatMap(({ parameters }) => parameters), trust],
    encode: (pass, tensors) => {
      const found = opinions.map((layer, m) => layer.apply(pass, dropout(pass, tensors[`part${m}`]!, rate)));
      return mixed(pass, found, pass.value(trust), tensors);
    },
  };
};

/** The sum of the parts by softmax(logits) over those that are present. */
const mixed = ({ tf }: Pass, parts: readonly Tensor[], logits: Tensor, { present }: Tensors): Tensor => {
  const weights = tf.softmax(tf.add(logits, tf.mul(tf.sub(1, present!), -1e9)));
  const columns = tf.split(weights, parts.length, 1);
  return parts.map((part, m) => tf.mul(part, columns[m]!)).reduce((sum, part) => tf.add(sum, part));
};
