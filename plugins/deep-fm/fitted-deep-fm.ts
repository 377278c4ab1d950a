import type { ComponentState, FittedModel, TensorRuntime } from 'recograph';
import { createRng } from 'recograph/math';
import { fieldCapabilities, inferencePass, loadParameters, pairScorer, parameterTensors } from 'recograph/nn';
import { createNetwork, type Network, type NetworkShape } from './network.ts';

/** What was learned besides the network's numbers; plain JSON. */
export interface DeepFmJson {
  readonly shape: NetworkShape;
  readonly task: 'classification' | 'regression';
  /** Labels were observed, none drawn: scores are probabilities of what was recorded. */
  readonly observed: boolean;
}

export const fittedDeepFm = (json: DeepFmJson, network: Network, runtime: TensorRuntime): FittedModel => {
  const { layout } = json.shape;
  const pass = inferencePass(runtime, network.dense);
  const scorer = pairScorer(runtime, layout, network, pass);
  const capabilities = fieldCapabilities(layout, json);
  return {
    capabilities,
    score: async (queries, set) => {
      const scores = await scorer.score(queries, set);
      if (capabilities.calibrated !== 'probability') return scores;
      return scores.map((logit) => 1 / (1 + Math.exp(-logit)));
    },
    state: () => ({
      json: json as unknown as ComponentState['json'],
      tensors: parameterTensors(network.parameters),
    }),
    dispose: () => pass.dispose(),
  };
};

export const restoreDeepFm = (state: ComponentState, runtime: TensorRuntime): FittedModel => {
  const json = state.json as unknown as DeepFmJson;
  const network = createNetwork(json.shape, 0, createRng(0));
  loadParameters(network.parameters, state.tensors);
  return fittedDeepFm(json, network, runtime);
};
