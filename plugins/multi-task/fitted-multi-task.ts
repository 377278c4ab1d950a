import type { Capabilities, ComponentState, FittedModel, TensorRuntime } from 'recograph';
import { createRng } from 'recograph/math';
import { fieldCapabilities, inferencePass, loadParameters, pairScorer, parameterTensors } from 'recograph/nn';
import type { MultiTaskConfig } from './config.ts';
import { createNetwork, type Network, type NetworkShape } from './network.ts';
import type { Task } from './tasks.ts';

export type Scoring = Pick<MultiTaskConfig, 'tasks' | 'score'>;

/**
 * Scores by the tasks together: sum_t w_t p_t or prod_t p_t ^ w_t, p_t the chance (or value), w_t the scoreWeight. The
 * weights are config, not state: a fitted model opened with others ranks by others.
 */
export const fittedMultiTask = (
  shape: NetworkShape,
  network: Network,
  runtime: TensorRuntime,
  scoring: Scoring,
): FittedModel => {
  const { tasks, layout } = shape;
  const pass = inferencePass(runtime, network.dense);
  const scorer = pairScorer(runtime, layout, network, pass);
  const weights = tasks.map(({ name }) => scoring.tasks[name]?.scoreWeight ?? 0);
  const product = scoring.score === 'product';
  const combine = (outputs: Float32Array, at: number): number => {
    let score = product ? 1 : 0;
    for (const [t, { predict }] of tasks.entries()) {
      if (weights[t] === 0) continue;
      const output = outputs[at + t]!;
      const p = predict === 'chance' ? 1 / (1 + Math.exp(-output)) : output;
      if (product) score *= p ** weights[t]!;
      else score += weights[t]! * p;
    }
    return score;
  };
  return {
    capabilities: {
      ...fieldCapabilities(layout, { task: 'classification', observed: false }),
      calibrated: calibration(tasks, weights),
    },
    score: async (queries, set) => {
      const outputs = await scorer.score(queries, set);
      return Float32Array.from({ length: outputs.length / tasks.length }, (_, k) => combine(outputs, k * tasks.length));
    },
    state: () => ({
      json: shape as unknown as ComponentState['json'],
      tensors: parameterTensors(network.parameters),
    }),
    dispose: () => pass.dispose(),
  };
};

/** Only one task's own number, learned from recorded labels alone, is a chance or a value; a mixture is an order. */
const calibration = (tasks: readonly Task[], weights: readonly number[]): Capabilities['calibrated'] => {
  const counted = tasks.filter((_, t) => weights[t]! > 0);
  if (counted.length !== 1 || !weights.includes(1)) return 'none';
  const { predict, drawn } = counted[0]!;
  return predict === 'value' ? 'value' : drawn ? 'none' : 'probability';
};

export const restoreMultiTask = (state: ComponentState, runtime: TensorRuntime, scoring: Scoring): FittedModel => {
  // Bundles from before `own` have none.
  const shape = { own: 0, ...(state.json as unknown as Omit<NetworkShape, 'own'>) };
  const network = createNetwork(shape, createRng(0));
  loadParameters(network.parameters, state.tensors);
  return fittedMultiTask(shape, network, runtime, scoring);
};
