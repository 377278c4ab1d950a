import type { Tensor, Tf } from '../../spi/index.ts';

export type CellKind = 'simple' | 'lstm' | 'gru';

/** A step's new state, its first tensor the output, and what the way back needs. */
interface Step {
  readonly state: readonly Tensor[];
  readonly kept: readonly Tensor[];
}

/**
 * One step of a recurrent cell. `x` is what the input gives to the gates (W x + b), `h` what the last output gives
 * (U h + c), both [rows x gates * units].
 */
export interface Cell {
  readonly gates: number;
  /** Tensors of the state, [rows x units] each. */
  readonly states: number;
  forward(tf: Tf, x: Tensor, h: Tensor, state: readonly Tensor[]): Step;
  /**
   * From the gradient of the new state that of `x`, of `h`, and of the last state where it enters other than by `h`
   * (undefined: nowhere).
   */
  backward(
    tf: Tf,
    kept: readonly Tensor[],
    gradients: readonly Tensor[],
  ): { readonly x: Tensor; readonly h: Tensor; readonly state: readonly (Tensor | undefined)[] };
}

/** y (1 - y): the derivative of a sigmoid by its value. */
const sigmoidSlope = (tf: Tf, y: Tensor): Tensor => tf.sub(y, tf.square(y));
/** 1 - y^2. */
const tanhSlope = (tf: Tf, y: Tensor): Tensor => tf.sub(1, tf.square(y));

/** h_t = tanh(W x_t + U h_{t-1} + b) (Elman 1990). */
const simple: Cell = {
  gates: 1,
  states: 1,
  forward: (tf, x, h) => {
    const output = tf.tanh(tf.add(x, h));
    return { state: [output], kept: [output] };
  },
  backward: (tf, [output], [gradient]) => {
    const inner = tf.mul(gradient!, tanhSlope(tf, output!));
    return { x: inner, h: inner, state: [undefined] };
  },
};

/**
 * Update z and reset r by sigmoids, n = tanh(x_n + r h_n), h_t = (1 - z) n + z h_{t-1} (Cho et al. 2014; the reset
 * after the product, as cuDNN does, so that all of U h is one product).
 */
const gru: Cell = {
  gates: 3,
  states: 1,
  forward: (tf, x, h, [last]) => {
    const [xGates, xNew] = splitAt(tf, x, 2);
    const [hGates, hNew] = splitAt(tf, h, 2);
    const [z, r] = tf.split(tf.sigmoid(tf.add(xGates, hGates)), 2, 1) as [Tensor, Tensor];
    const n = tf.tanh(tf.add(xNew, tf.mul(r, hNew)));
    return { state: [tf.add(n, tf.mul(z, tf.sub(last!, n)))], kept: [z, r, n, hNew, last!] };
  },
  backward: (tf, [z, r, n, hNew, last], [gradient]) => {
    const direct = tf.mul(gradient!, z!);
    const dNew = tf.mul(tf.sub(gradient!, direct), tanhSlope(tf, n!));
    const dZ = tf.mul(tf.mul(gradient!, tf.sub(last!, n!)), sigmoidSlope(tf, z!));
    const dR = tf.mul(tf.mul(dNew, hNew!), sigmoidSlope(tf, r!));
    return {
      x: tf.concat([dZ, dR, dNew], 1),
      h: tf.concat([dZ, dR, tf.mul(dNew, r!)], 1),
      state: [direct],
    };
  },
};

/** Gates i, f, o by sigmoids, g = tanh; c_t = f c_{t-1} + i g, h_t = o tanh(c_t) (Hochreiter & Schmidhuber 1997). */
const lstm: Cell = {
  gates: 4,
  states: 2,
  forward: (tf, x, h, [, last]) => {
    const [gates, proposal] = splitAt(tf, tf.add(x, h), 3);
    const [i, f, o] = tf.split(tf.sigmoid(gates), 3, 1) as [Tensor, Tensor, Tensor];
    const g = tf.tanh(proposal);
    const memory = tf.add(tf.mul(f, last!), tf.mul(i, g));
    const squashed = tf.tanh(memory);
    return { state: [tf.mul(o, squashed), memory], kept: [i, f, o, g, squashed, last!] };
  },
  backward: (tf, [i, f, o, g, squashed, last], [gradient, memoryGradient]) => {
    const dMemory = tf.add(memoryGradient!, tf.mul(tf.mul(gradient!, o!), tanhSlope(tf, squashed!)));
    const inner = tf.concat(
      [
        tf.mul(tf.mul(dMemory, g!), sigmoidSlope(tf, i!)),
        tf.mul(tf.mul(dMemory, last!), sigmoidSlope(tf, f!)),
        tf.mul(tf.mul(gradient!, squashed!), sigmoidSlope(tf, o!)),
        tf.mul(tf.mul(dMemory, i!), tanhSlope(tf, g!)),
      ],
      1,
    );
    return { x: inner, h: inner, state: [undefined, tf.mul(dMemory, f!)] };
  },
};

export const cells: Readonly<Record<CellKind, Cell>> = { simple, gru, lstm };

/** The first `gates` of the gates, and the one behind them. */
const splitAt = (tf: Tf, x: Tensor, gates: number): [Tensor, Tensor] => {
  const units = x.shape[1]! / (gates + 1);
  return tf.split(x, [gates * units, units], 1) as [Tensor, Tensor];
};
