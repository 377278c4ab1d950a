import type { Csr, Kernels, Matrix, TensorRuntime } from 'recograph';
import { roundUp, sparseTimesDense } from 'recograph/math';
import type { Pass } from 'recograph/nn';
import { unitHistories } from './histories.ts';
import type { AutoencoderNetwork } from './network.ts';

export interface AutoencoderDeps {
  readonly runtime: TensorRuntime;
  readonly kernels: Kernels;
}

/** Bounds the memory of one pass. */
const ROWS_AT_ONCE = 1024;

/**
 * What the network makes of rows of a matrix of histories: `codes` [rows x code], or `vectors`
 * [rows x outputs.columns], whose products with `outputs` are the scores. NaN for an empty history. `inputs` are the
 * network's, as `paddedInputs` gives them.
 */
export const encodeHistories = async (
  { runtime, kernels }: AutoencoderDeps,
  pass: Pass,
  network: AutoencoderNetwork,
  inputs: Matrix,
  want: 'codes' | 'vectors',
  histories: Csr,
  rows: Int32Array,
): Promise<Matrix> => {
  const columns = want === 'codes' ? network.code : network.outputs.columns;
  const width = network.inputs.columns;
  const data = new Float32Array(rows.length * columns);
  const scratch = kernels.memory();
  try {
    const sums = scratch.floats(Math.min(rows.length, ROWS_AT_ONCE) * inputs.columns);
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      const chosen = rows.subarray(from, from + ROWS_AT_ONCE);
      await sparseTimesDense(kernels, unitHistories(histories, chosen), inputs, sums);
      const result = runtime.scope(() => {
        const { tf } = runtime;
        const padded = tf.tensor2d(sums.slice(0, chosen.length * inputs.columns), [chosen.length, inputs.columns]);
        const { code } = network.encode(pass, tf.slice(padded, [0, 0], [chosen.length, width]));
        return want === 'codes' ? code : network.decode(pass, code);
      });
      data.set(await result.data<'float32'>(), from * columns);
      result.dispose();
    }
  } finally {
    scratch.release();
  }
  rows.forEach((row, r) => {
    if (histories.offsets[row] === histories.offsets[row + 1]) data.fill(Number.NaN, r * columns, (r + 1) * columns);
  });
  return { rows: rows.length, columns, data };
};

/** The rows of `inputs` as kernels want them, zeros behind each. */
export const paddedInputs = ({ inputs }: AutoencoderNetwork): Matrix => {
  const { rows, columns, data } = inputs;
  const width = roundUp(columns);
  if (width === columns) return inputs;
  const padded = new Float32Array(rows * width);
  for (let r = 0; r < rows; r++) padded.set(data.subarray(r * columns, (r + 1) * columns), r * width);
  return { rows, columns: width, data: padded };
};
