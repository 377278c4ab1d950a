import type { Capabilities, ComponentState, FittedModel, TensorRuntime } from 'recograph';
import { createRng } from 'recograph/math';
import { hasFeatures, inferencePass, isBlank, itemSlots, querySlots } from 'recograph/nn';
import { createNetwork, type Network, type NetworkShape } from './network.ts';
import { createScorer } from './score-pairs.ts';

/** What was learned besides the network's numbers; plain JSON. */
export interface DeepFmJson {
  readonly shape: NetworkShape;
  readonly task: 'classification' | 'regression';
  /** Labels were observed, none drawn: scores are probabilities of what was recorded. */
  readonly observed: boolean;
}

export const fittedDeepFm = (json: DeepFmJson, network: Network, runtime: TensorRuntime): FittedModel => {
  const { layout } = json.shape;
  const probability = json.task === 'classification' && json.observed;
  const pass = inferencePass(runtime, network.dense);
  const scorer = createScorer(runtime, network, pass);
  const capabilities: Capabilities = {
    feedback: json.task === 'regression' ? ['explicit'] : ['implicit', 'explicit'],
    coldUsers: hasFeatures(layout, 'user', 'context') ? ['attributes'] : [],
    coldItems: hasFeatures(layout, 'item'),
    sequential: false,
    context: hasFeatures(layout, 'context'),
    calibrated: json.task === 'regression' ? 'value' : probability ? 'probability' : 'none',
  };
  return {
    capabilities,
    score: async (queries, set) => {
      const asked = querySlots(layout, queries);
      const items = itemSlots(layout, set);
      const scores = await scorer.set(asked, items, set);
      if (probability) for (let k = 0; k < scores.length; k++) scores[k] = 1 / (1 + Math.exp(-scores[k]!));
      for (let q = 0; q < queries.size; q++) {
        const [from, to] = set.kind === 'shared' ? [0, items.rows] : [set.offsets[q]!, set.offsets[q + 1]!];
        const base = set.kind === 'shared' ? q * items.rows : 0;
        const unknown = isBlank(asked, q);
        for (let r = from; r < to; r++) if (unknown || isBlank(items, r)) scores[base + r] = Number.NaN;
      }
      return scores;
    },
    state: () => ({
      json: json as unknown as ComponentState['json'],
      tensors: Object.fromEntries(network.parameters.map(({ name, shape, data }) => [name, { shape, data }])),
    }),
    dispose: () => pass.dispose(),
  };
};

export const restoreDeepFm = (state: ComponentState, runtime: TensorRuntime): FittedModel => {
  const json = state.json as unknown as DeepFmJson;
  const network = createNetwork(json.shape, 0, createRng(0));
  for (const { name, data } of network.parameters) data.set(state.tensors[name]!.data);
  return fittedDeepFm(json, network, runtime);
};
