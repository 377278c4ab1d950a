import type { Rng, Tensor, Tf } from '../spi/index.ts';
import { dropoutMask } from './dropout-mask.ts';
import { constant, glorotUniform, zeros } from './initializers.ts';
import { hasOwnKernel, runOwnKernel, withGradient } from './own-kernels.ts';
import { type Parameter, parameter } from './parameter.ts';
import type { Pass } from './pass.ts';

/** A piece of a network with its parameters; list them in `train`. */
export interface Layer {
  readonly parameters: readonly Parameter[];
  apply(pass: Pass, x: Tensor): Tensor;
}

export type Activation = 'linear' | 'relu' | 'sigmoid' | 'elu';

/** activation(x W + b): [rows x inputs] -> [rows x outputs]; Glorot weights, zero bias. */
export const dense = (
  name: string,
  inputs: number,
  outputs: number,
  rng: Rng,
  activation: Activation = 'linear',
): Layer => {
  const weights = parameter(`${name}/weights`, [inputs, outputs], glorotUniform(rng));
  const bias = parameter(`${name}/bias`, [outputs], zeros);
  return {
    parameters: [weights, bias],
    apply: (pass, x) => {
      const { tf } = pass;
      const [w, b] = [pass.value(weights), pass.value(bias)];
      return x.rank === 2 && hasOwnKernel(tf, 'Dense')
        ? runOwnKernel(tf, 'Dense', { x, weights: w, bias: b }, { activation })[0]!
        : tf.fused.matMul({ a: x, b: w, bias: b, activation });
    },
  };
};

/** Dense layers of these widths, the first being the input's; ReLU after each, dropout between where asked. */
export const mlp = (name: string, widths: readonly number[], rng: Rng, dropoutRate = 0): Layer => {
  const layers = widths.slice(1).map((width, k) => dense(`${name}/${k}`, widths[k]!, width, rng, 'relu'));
  return {
    parameters: layers.flatMap((layer) => layer.parameters),
    apply: (pass, x) => layers.reduce((hidden, layer) => layer.apply(pass, dropout(pass, hidden, dropoutRate)), x),
  };
};

/** Normalises the last axis to mean 0 and variance 1, then scales and shifts (Ba et al. 2016). */
export const layerNorm = (name: string, width: number, epsilon = 1e-5): Layer => {
  const gain = parameter(`${name}/gain`, [width], constant(1));
  const shift = parameter(`${name}/shift`, [width], zeros);
  return {
    parameters: [gain, shift],
    apply: (pass, x) => {
      const { tf } = pass;
      if (width % 4 === 0 && x.shape.length === 2 && hasOwnKernel(tf, 'LayerNorm')) {
        return normalise(tf, x, pass.value(gain), pass.value(shift), epsilon);
      }
      const { mean, variance } = tf.moments(x, -1, true);
      const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon)));
      return tf.add(tf.mul(normal, pass.value(gain)), pass.value(shift));
    },
  };
};

const normalise = (tf: Tf, x: Tensor, gain: Tensor, shift: Tensor, epsilon: number): Tensor =>
  withGradient(
    tf,
    [x, gain, shift],
    (save) => {
      save([x, gain]);
      return runOwnKernel(tf, 'LayerNorm', { x, gain, shift }, { epsilon })[0]!;
    },
    (dy, [x, gain]) => runOwnKernel(tf, 'LayerNormGradient', { dy, x, gain }, { epsilon }),
  );

/** While training, zeroes each element with probability `rate` and scales the others by 1 / (1 - rate). */
export const dropout = (pass: Pass, x: Tensor, rate: number): Tensor => {
  if (!pass.training || rate === 0) return x;
  const { tf } = pass;
  const seed = pass.rng.int(SEEDS);
  if (!hasOwnKernel(tf, 'Dropout')) return tf.mul(x, tf.tensor(dropoutMask(x.size, seed, rate), x.shape));
  const drop = (x: Tensor) => runOwnKernel(tf, 'Dropout', { x }, { seed, rate });
  return withGradient(
    tf,
    [x],
    () => drop(x)[0]!,
    (dy) => drop(dy),
  );
};

/** How many seeds what draws by itself may get. */
export const SEEDS = 2147483647;
