import type { Rng, Tensor } from 'recograph';
import {
  dense,
  glorotUniform,
  type Layer,
  type Parameter,
  type Pass,
  parameter,
  type Table,
  table,
  zeros,
} from 'recograph/nn';

export interface AutoencoderShape {
  readonly variant: 'variational' | 'denoising';
  readonly items: number;
  /** Widths between the input and the code; between code and output they come in the other order. */
  readonly hidden: readonly number[];
  readonly code: number;
}

/** What the encoder says of each history. */
export interface Encoded {
  /** [rows x code]; variational: the mean of the code's distribution. */
  readonly code: Tensor;
  /** variational: the logarithm of its variance. */
  readonly logVariance: Tensor | undefined;
}

export interface AutoencoderNetwork {
  /** First layer, [items x its width]: a history's input to it is a weighted sum of rows. */
  readonly inputs: Table;
  /** Last layer, [items x (its inputs + 1)], the bias in the last column. */
  readonly outputs: Table;
  /** What is no table. */
  readonly dense: readonly Parameter[];
  readonly parameters: readonly Parameter[];
  /** Width of a code. */
  readonly code: number;
  /** From the sums of the rows of `inputs`, [rows x width]. */
  encode(pass: Pass, sums: Tensor): Encoded;
  /** [rows x outputs.columns], 1 in the last column: its products with rows of `outputs` are the items' scores. */
  decode(pass: Pass, code: Tensor): Tensor;
}

/** tanh after every layer but the distribution's parameters and the output (Liang et al. 2018, section 4.3). */
export const autoencoderNetwork = (shape: AutoencoderShape, rng: Rng): AutoencoderNetwork => {
  const { variant, items, hidden, code } = shape;
  const variational = variant === 'variational';
  const encoderWidths = [...hidden, variational ? 2 * code : code];
  const first = encoderWidths[0]!;
  const inputs = table('inputs', items, first, glorotUniform(rng));
  const bias = parameter('inputs/bias', [first], zeros);
  const encoder = layersOf('encoder', encoderWidths, rng);
  const decoder = layersOf('decoder', [code, ...hidden.toReversed()], rng);
  const last = hidden[0] ?? code;
  const outputs = table('outputs', items, last + 1, glorotUniform(rng));
  for (let item = 0; item < items; item++) outputs.data[item * (last + 1) + last] = 0;
  const others = [bias, ...[...encoder, ...decoder].flatMap(({ parameters }) => parameters)];
  return {
    inputs,
    outputs,
    dense: others,
    parameters: [inputs, outputs, ...others],
    code,
    encode: (pass, sums) => {
      const { tf } = pass;
      let x: Tensor = tf.add(sums, pass.value(bias));
      for (const layer of encoder) x = layer.apply(pass, tf.tanh(x));
      if (!variational) return { code: tf.tanh(x), logVariance: undefined };
      const [mean, logVariance] = tf.split(x, 2, 1) as [Tensor, Tensor];
      return { code: mean, logVariance };
    },
    decode: (pass, code) => {
      const { tf } = pass;
      const x = decoder.reduce((x, layer) => tf.tanh(layer.apply(pass, x)), code);
      return tf.concat([x, tf.ones([x.shape[0]!, 1])], 1);
    },
  };
};

const layersOf = (name: string, widths: readonly number[], rng: Rng): Layer[] =>
  widths.slice(1).map((width, k) => dense(`${name}/${k}`, widths[k]!, width, rng));
