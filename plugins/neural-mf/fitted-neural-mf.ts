import {
  type Capabilities,
  type ComponentState,
  type FittedModel,
  type Kernels,
  knownFrom,
  knownRows,
  knownTensor,
  type Matrix,
  type QueryBatch,
  type TensorRuntime,
} from 'recograph';
import { createRng, scoreByDot } from 'recograph/math';
import { inferencePass, loadParameters, parameterTensors } from 'recograph/nn';
import { type EventWeights, historyRow } from './from-history.ts';
import { createNetwork, isInnerProduct, type Network, type NetworkShape } from './network.ts';
import { joinRows } from './rows.ts';
import { createNetworkScorer } from './score-network.ts';
import { innerProducts } from './score-vectors.ts';

/** What was learned besides the network's numbers; plain JSON. */
export interface NeuralMfJson extends EventWeights {
  readonly shape: NetworkShape;
  /** The newest event it was trained on, ms. */
  readonly until: number;
  /** Scores predict the values. */
  readonly values: boolean;
}

export interface Learned {
  readonly json: NeuralMfJson;
  readonly network: Network;
  /** See `fitHistoryRows`. */
  readonly fromHistory: Matrix;
  /** 1 for an item that somebody chose; explicit: gave a value to. */
  readonly known: Uint8Array;
}

/** A trained user is one whose row is not all zeros. */
export const fittedNeuralMf = (
  { json, network, fromHistory, known }: Learned,
  { runtime, kernels }: { readonly runtime: TensorRuntime; readonly kernels: Kernels },
): FittedModel => {
  const users = joinRows(network.user);
  const items = joinRows(network.item);
  const capabilities: Capabilities = {
    feedback: json.explicit ? ['explicit'] : ['implicit'],
    coldUsers: ['history'],
    coldItems: false,
    sequential: false,
    context: false,
    calibrated: json.values ? 'value' : 'none',
  };
  const state = (): ComponentState => ({
    json: json as unknown as ComponentState['json'],
    tensors: {
      ...parameterTensors(network.parameters),
      fromHistory: { shape: [fromHistory.rows, fromHistory.columns], data: fromHistory.data },
      ...knownTensor(known),
    },
  });

  /** A trained row, moved by what the user did since; else one from the history; undefined where nothing is known. */
  const rowOf =
    (queries: QueryBatch) =>
    (query: number): Float32Array | undefined => {
      const user = queries.users[query]!;
      const own = user < 0 ? undefined : users.data.subarray(user * users.columns, (user + 1) * users.columns);
      const trained = own?.some((value) => value !== 0) ? own : undefined;
      const now = historyRow(queries.histories, query, fromHistory, json);
      if (!trained) return now && Float32Array.from(now);
      const before = historyRow(queries.histories, query, fromHistory, json, json.until);
      return now && before ? trained.map((value, c) => value + now[c]! - before[c]!) : trained;
    };

  if (!isInnerProduct(json.shape)) {
    const pass = inferencePass(runtime, network.dense);
    const scorer = createNetworkScorer(runtime, network, pass, items.rows);
    return {
      capabilities,
      score: (queries, set) => scorer.score(queries.size, rowOf(queries), set),
      state,
      dispose: () => {
        scorer.dispose();
        pass.dispose();
      },
    };
  }
  const memory = kernels.memory();
  const vectors = innerProducts(network, items, memory);
  let itemVectors: Matrix | undefined;
  const usersOf = (queries: QueryBatch): Matrix => vectors.users(queries.size, rowOf(queries));
  return {
    capabilities,
    score: async (queries, set) => scoreByDot(kernels, usersOf(queries), vectors.items, set),
    recommend: async (queries, n, limits) => kernels.topK(usersOf(queries), vectors.items, n, limits),
    itemVectors: () => {
      itemVectors ??= knownRows(vectors.items, (item) => known[item] === 1);
      return itemVectors;
    },
    userVectors: async (queries) => usersOf(queries),
    state,
    dispose: () => memory.release(),
  };
};

export const restoreNeuralMf = (
  state: ComponentState,
  deps: { readonly runtime: TensorRuntime; readonly kernels: Kernels },
): FittedModel => {
  const json = state.json as unknown as NeuralMfJson;
  const network = createNetwork(json.shape, 0, createRng(0));
  loadParameters(network.parameters, state.tensors);
  const { shape, data } = state.tensors.fromHistory!;
  const fromHistory = { rows: shape[0]!, columns: shape[1]!, data: data as Float32Array };
  return fittedNeuralMf({ json, network, fromHistory, known: knownFrom(state.tensors, json.shape.items) }, deps);
};
