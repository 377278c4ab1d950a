import type { Csr, Matrix, TensorRuntime } from 'recograph';
import { embeddingBag, type InferencePass } from 'recograph/nn';
import { unitHistories } from './histories.ts';
import type { AutoencoderNetwork } from './network.ts';

/** Bounds the memory of one pass. */
const ROWS_AT_ONCE = 1024;

/**
 * What the network makes of rows of a matrix of histories: `codes` [rows x code], or `vectors`
 * [rows x outputs.columns], whose products with `outputs` are the scores. NaN for an empty history.
 */
export const encodeHistories = async (
  runtime: TensorRuntime,
  pass: InferencePass,
  network: AutoencoderNetwork,
  want: 'codes' | 'vectors',
  histories: Csr,
  rows: Int32Array,
): Promise<Matrix> => {
  const parts: Float32Array[] = [];
  let columns = network.outputs.columns;
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const chosen = rows.subarray(from, from + ROWS_AT_ONCE);
    const result = runtime.scope(() => {
      const { code } = network.encode(pass, pass.rows(embeddingBag(network.inputs, unitHistories(histories, chosen))));
      return want === 'codes' ? code : network.decode(pass, code);
    });
    columns = result.shape[1]!;
    parts.push(await result.data<'float32'>());
    result.dispose();
  }
  const data = new Float32Array(rows.length * columns);
  parts.forEach((part, k) => {
    data.set(part, k * ROWS_AT_ONCE * columns);
  });
  rows.forEach((row, r) => {
    if (histories.offsets[row] === histories.offsets[row + 1]) data.fill(Number.NaN, r * columns, (r + 1) * columns);
  });
  return { rows: rows.length, columns, data };
};
