import type { Rng, Tensor, Tf } from '../../spi/index.ts';
import { glorotUniform, zeros } from '../initializers.ts';
import { dense } from '../layers.ts';
import { hasOwnKernel, runOwnKernel, withGradient } from '../own-kernels.ts';
import { type Parameter, parameter } from '../parameter.ts';
import type { Pass } from '../pass.ts';
import { type Cell, type CellKind, cells } from './cells.ts';
import type { SequenceLayout } from './layout.ts';

export interface RecurrentLayer {
  readonly parameters: readonly Parameter[];
  /** [rows * length x inputs] -> [rows * length x units]; the state is zero where a sequence begins. */
  apply(pass: Pass, x: Tensor, layout: Pick<SequenceLayout, 'rows' | 'length' | 'positions'>): Tensor;
}

/** Runs a cell along every sequence. The gates of all steps meet their inputs in one product, W x + b. */
export const recurrent = (name: string, kind: CellKind, inputs: number, units: number, rng: Rng): RecurrentLayer => {
  const cell = cells[kind];
  const input = dense(`${name}/input`, inputs, cell.gates * units, rng);
  const weights = parameter(`${name}/recurrent/weights`, [units, cell.gates * units], glorotUniform(rng));
  const bias = parameter(`${name}/recurrent/bias`, [cell.gates * units], zeros);
  return {
    parameters: [...input.parameters, weights, bias],
    apply: (pass, x, { rows, length, positions }) => {
      const { tf } = pass;
      if (kind === 'gru' && units % 4 === 0 && hasOwnKernel(tf, 'Gru')) {
        return gruInOneKernel(tf, input.apply(pass, x), pass.value(weights), pass.value(bias), positions);
      }
      const byTime = (tensor: Tensor, columns: number, from: number, to: number): Tensor =>
        tf.reshape(tf.transpose(tf.reshape(tensor, [from, to, columns]), [1, 0, 2]), [rows * length, columns]);
      const gates = byTime(input.apply(pass, x), cell.gates * units, rows, length);
      const goesOn = tf.reshape(tf.transpose(tf.cast(tf.greater(positions, 0), 'float32')), [rows * length, 1]);
      const outputs = run(tf, cell, length, gates, pass.value(weights), pass.value(bias), goesOn);
      return byTime(outputs, units, length, rows);
    },
  };
};

/** As `run` with a `gru`, places in their own order. */
const gruInOneKernel = (tf: Tf, x: Tensor, weights: Tensor, bias: Tensor, positions: Tensor): Tensor =>
  withGradient(
    tf,
    [x, weights, bias],
    (save) => {
      const [out, lasts, kept] = runOwnKernel(tf, 'Gru', { x, weights, bias, positions }) as [Tensor, Tensor, Tensor];
      save([weights, positions, lasts, kept]);
      return out;
    },
    (dy, [weights, positions, lasts, kept]) => runOwnKernel(tf, 'GruGradient', { dy, weights, positions, lasts, kept }),
  );

/**
 * All steps, with back-propagation through time written out: the weights' gradient is one product over all steps,
 * where a tape would add up one a step. Places are time-major; `goesOn` [places x 1] is 0 where a sequence begins.
 */
const run = (tf: Tf, cell: Cell, steps: number, x: Tensor, weights: Tensor, bias: Tensor, goesOn: Tensor): Tensor => {
  const units = weights.shape[0]!;
  const rows = x.shape[0]! / steps;
  const sequence = tf.customGrad((...given) => {
    const [gates, u, c, save] = given as unknown as [Tensor, Tensor, Tensor, (tensors: Tensor[]) => void];
    const xs = tf.split(gates, steps, 0);
    const keeps = tf.split(goesOn, steps, 0);
    let state: readonly Tensor[] = Array.from({ length: cell.states }, () => tf.zeros([rows, units]));
    const outputs: Tensor[] = [];
    const lasts: Tensor[] = [];
    const kept: Tensor[] = [];
    for (let t = 0; t < steps; t++) {
      const last = t === 0 ? state : state.map((tensor) => tf.mul(tensor, keeps[t]!));
      const h = tf.add(tf.matMul(last[0]!, u), c);
      const step = cell.forward(tf, xs[t]!, h, last);
      state = step.state;
      outputs.push(state[0]!);
      lasts.push(last[0]!);
      kept.push(...step.kept);
    }
    const perStep = kept.length / steps;
    save([u, tf.concat(lasts, 0), ...keeps, ...kept]);

    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const [u, lasts] = saved as [Tensor, Tensor];
      const keeps = saved.slice(2, 2 + steps);
      const dys = tf.split(dy, steps, 0);
      const dx: Tensor[] = new Array(steps);
      const dh: Tensor[] = new Array(steps);
      let carried: readonly Tensor[] = Array.from({ length: cell.states }, () => tf.zeros([rows, units]));
      for (let t = steps - 1; t >= 0; t--) {
        const from = 2 + steps + t * perStep;
        const gradients = [tf.add(dys[t]!, carried[0]!), ...carried.slice(1)];
        const back = cell.backward(tf, saved.slice(from, from + perStep), gradients);
        dx[t] = back.x;
        dh[t] = back.h;
        if (t === 0) break;
        const through = tf.matMul(back.h, u, false, true);
        carried = back.state.map((direct, k) => {
          const whole = k > 0 ? direct! : direct ? tf.add(direct, through) : through;
          return tf.mul(whole, keeps[t]!);
        });
      }
      const allH = tf.concat(dh, 0);
      return [tf.concat(dx, 0), tf.matMul(lasts, allH, true), tf.sum(allH, 0)];
    };
    return { value: tf.concat(outputs, 0), gradFunc };
  });
  return sequence(x, weights, bias);
};
