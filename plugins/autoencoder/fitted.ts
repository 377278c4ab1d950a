import {
  type Capabilities,
  type FittedModel,
  historyMatrix,
  knownRows,
  knownTensor,
  type Matrix,
  type QueryBatch,
} from 'recograph';
import { scoreByDot } from 'recograph/math';
import { inferencePass, parameterTensors } from 'recograph/nn';
import { type AutoencoderDeps, encodeHistories, paddedInputs } from './encode-histories.ts';
import type { AutoencoderNetwork } from './network.ts';

const capabilities: Capabilities = {
  feedback: ['implicit'],
  coldUsers: ['history'],
  coldItems: false,
  sequential: false,
  context: false,
  calibrated: 'none',
};

export interface FittedAutoencoder extends FittedModel {
  /** Width of a code. */
  readonly code: number;
  /** The code of each query's history, [queries x code]; NaN without one. */
  codes(queries: QueryBatch): Promise<Matrix>;
}

/**
 * Scores from each query's own history, known user or not: products of the decoded history with the items' output
 * weights. `network` must not change any more; `known`: the items that somebody chose.
 */
export const fittedAutoencoder = (
  deps: AutoencoderDeps,
  network: AutoencoderNetwork,
  known: Uint8Array,
): FittedAutoencoder => {
  const { runtime, kernels } = deps;
  const memory = kernels.memory();
  const { rows, columns } = network.outputs;
  const items: Matrix = { rows, columns, data: memory.share(network.outputs.data) };
  const padded = paddedInputs(network);
  const inputs: Matrix = { ...padded, data: memory.share(padded.data) };
  const pass = inferencePass(runtime, network.dense);
  const encoded = (want: 'codes' | 'vectors', queries: QueryBatch): Promise<Matrix> => {
    const all = Int32Array.from({ length: queries.size }, (_, query) => query);
    return encodeHistories(deps, pass, network, inputs, want, historyMatrix(queries, rows), all);
  };
  let vectorsOfKnown: Matrix | undefined;
  return {
    capabilities,
    code: network.code,
    codes: (queries) => encoded('codes', queries),
    score: async (queries, candidates) => scoreByDot(kernels, await encoded('vectors', queries), items, candidates),
    recommend: async (queries, n, limits) => kernels.topK(await encoded('vectors', queries), items, n, limits),
    itemVectors: () => {
      vectorsOfKnown ??= knownRows(items, (item) => known[item] === 1);
      return vectorsOfKnown;
    },
    userVectors: (queries) => encoded('vectors', queries),
    state: () => ({
      json: {},
      tensors: { ...parameterTensors(network.parameters), ...knownTensor(known) },
    }),
    dispose: () => {
      pass.dispose();
      memory.release();
    },
  };
};
