import { knownRows, knownTensor } from '../../data/index.ts';
import { scoreByDot } from '../../math/index.ts';
import type { Capabilities, FittedModel, Kernels, Matrix, QueryBatch, TensorRuntime } from '../../spi/index.ts';
import { parameterTensors } from '../parameter.ts';
import { inferencePass } from '../pass.ts';
import { encodeSequences, type NextItemNetwork } from './encoder.ts';
import { querySequences } from './histories.ts';

const capabilities: Capabilities = {
  feedback: ['implicit'],
  coldUsers: ['history'],
  coldItems: false,
  sequential: true,
  context: false,
  calibrated: 'none',
};

/**
 * Scores what comes after each query's own history, known user or not: dot products of the encoded history with the
 * items' vectors. NaN without a history. `network` must not change any more; `known`: the items that somebody chose.
 */
export const nextItemModel = (
  { runtime, kernels }: { readonly runtime: TensorRuntime; readonly kernels: Kernels },
  network: NextItemNetwork,
  known: Uint8Array,
): FittedModel => {
  const memory = kernels.memory();
  const { rows, columns } = network.items;
  const items: Matrix = { rows, columns, data: memory.share(network.items.data) };
  const pass = inferencePass(runtime, network.encoder.parameters);
  const vectors = (queries: QueryBatch): Promise<Matrix> =>
    encodeSequences(runtime, pass, network, querySequences(queries, rows));
  let vectorsOfKnown: Matrix | undefined;
  return {
    capabilities,
    score: async (queries, candidates) => scoreByDot(kernels, await vectors(queries), items, candidates),
    recommend: async (queries, n, limits) => kernels.topK(await vectors(queries), items, n, limits),
    itemVectors: () => {
      vectorsOfKnown ??= knownRows(items, (item) => known[item] === 1);
      return vectorsOfKnown;
    },
    userVectors: vectors,
    state: () => ({
      json: {},
      tensors: { ...parameterTensors([network.items, ...network.encoder.parameters]), ...knownTensor(known) },
    }),
    dispose: () => {
      pass.dispose();
      memory.release();
    },
  };
};
