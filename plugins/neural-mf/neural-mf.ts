import {
  type Dataset,
  type FitOptions,
  type Kernels,
  knownItems,
  type Model,
  RecographError,
  type TensorRuntime,
} from 'recograph';
import {
  inferencePass,
  pointwiseMetric,
  train,
  trainingOptions,
  uniformNegatives,
  type WeightingConfig,
  weightingFields,
} from 'recograph/nn';
import type { NeuralMfConfig } from './config.ts';
import { drawnExamples, valuedExamples } from './examples.ts';
import { fittedNeuralMf, restoreNeuralMf } from './fitted-neural-mf.ts';
import { fitHistoryRows } from './from-history.ts';
import { createNetwork, isInnerProduct, lookupParts, type Network, type NetworkShape } from './network.ts';
import { pairProblem } from './pair-problem.ts';
import { massOf, meanDraws } from './penalties.ts';
import type { Problem, ProblemConfig } from './problem.ts';
import { forgetRows, joinRows } from './rows.ts';
import { trainingDefaults } from './training-defaults.ts';
import { wholeProblem } from './whole-problem.ts';

/** Fits the network of `createNetwork` to the objective of `pairProblem` or `wholeProblem`. */
export const createNeuralMf = (
  config: NeuralMfConfig,
  deps: { readonly runtime: TensorRuntime; readonly kernels: Kernels },
): Model => ({
  fit: async (data, _inputs, options) => {
    const { runtime } = deps;
    const { rng, validation } = options;
    const explicit = isExplicit(data, config.feedback);
    const { variant, factors, mlpFactors, hidden, dropout, biases } = config;
    const shape: NetworkShape = {
      ...{ variant, factors, mlpFactors, hidden, dropout, biases },
      ...{ users: data.users.size, items: data.items.size },
    };
    const network = createNetwork(shape, config.initScale, rng.fork('init'));
    const { problem, mass } = problemOf(network, data, explicit, config);
    const mean = explicit ? meanOf(data) : 0;
    const values = explicit && (config.loss ?? 'squared') === 'squared';
    if (values && network.offset) network.offset.data[0] = mean;
    await train({
      runtime,
      parameters: network.parameters,
      ...trainingOptions(config, trainingDefaults),
      examples: problem.count,
      fit: options,
      ...(validation && validate(runtime, network, explicit, config, data, validation, options)),
      batch: (rows, context) => problem.batch(rows, context.rng),
      loss: (inputs, pass) => problem.loss(inputs, pass),
    });
    forgetRows(network.user, mass.users);
    forgetRows(network.item, mass.items);
    const json = { shape, explicit, mean, values, until: data.until };
    const fromHistory = fitHistoryRows(data, joinRows(network.user), json);
    const known = knownItems(data, explicit ? 'values' : 'positives');
    return fittedNeuralMf({ json, network, fromHistory, known }, deps);
  },
  restore: (state) => restoreNeuralMf(state, deps),
});

const problemOf = (network: Network, data: Dataset, explicit: boolean, config: NeuralMfConfig) => {
  const weighting = Object.keys(weightingFields()).find((key) => isSet(config[key as keyof WeightingConfig]));
  const settings: ProblemConfig = { ...config, loss: config.loss ?? (explicit ? 'squared' : 'bce') };
  if (weighting && (explicit || config.sampling !== 'drawn' || settings.loss === 'bpr')) {
    const message = `${weighting} weighs positives against drawn negatives: it needs implicit feedback, sampling "drawn" and loss "bce" or "squared".`;
    throw new RecographError('CONFIG_INVALID', message, { at: weighting });
  }
  if (explicit) {
    if (settings.loss !== 'squared') throw refused('loss', `"${settings.loss}" tells positives from negatives`);
    if (config.sampling !== 'drawn') throw refused('sampling', `"${config.sampling}" is about negatives`);
    const examples = valuedExamples(data);
    return { problem: pairProblem(network, examples, settings), mass: examples.mass };
  }
  if (config.sampling === 'drawn') {
    const examples = drawnExamples(data, config);
    return { problem: pairProblem(network, examples, settings), mass: examples.mass };
  }
  if (!isInnerProduct(config)) {
    const message = `sampling is "whole" and variant "${config.variant}": whole needs an inner product, gmf or dot.`;
    throw new RecographError('CONFIG_INVALID', message, { at: 'sampling' });
  }
  const positives = data.positives();
  const constant = config.unobservedWeight;
  const unobserved = constant === undefined ? meanDraws(positives, config.negatives) : () => constant;
  const problem: Problem = wholeProblem(network, data, unobserved, settings);
  return { problem, mass: massOf(positives, unobserved) };
};

const isSet = (value: WeightingConfig[keyof WeightingConfig]): boolean =>
  value !== 0 && value !== 'none' && value !== false;

const refused = (key: string, why: string): RecographError =>
  new RecographError(
    'CONFIG_INVALID',
    `${key}: ${why}, and the data are values to predict. Set feedback to "implicit", or leave ${key} out.`,
    { at: key },
  );

const isExplicit = (data: Dataset, feedback: NeuralMfConfig['feedback']): boolean =>
  feedback === 'auto' ? data.interactions.values.some(Number.isFinite) : feedback === 'explicit';

const meanOf = ({ interactions }: Dataset): number => {
  const known = interactions.values.filter(Number.isFinite);
  return known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length;
};

/** Pairs scored at once. */
const PAIRS_AT_ONCE = 4096;

/** After each epoch the area under the ROC curve of held-out positives and drawn negatives, or - mean squared error. */
const validate = (
  runtime: TensorRuntime,
  network: Network,
  explicit: boolean,
  config: NeuralMfConfig,
  data: Dataset,
  validation: Dataset,
  { rng }: FitOptions,
) => {
  const taken = uniformNegatives(data.positives());
  const held = explicit ? valuedExamples(validation) : drawnExamples(validation, config, taken);
  if (held.count === 0) return undefined;
  const all = Int32Array.from({ length: held.count }, (_, k) => k);
  const { users, items, targets } = held.batch(all, rng.fork('validation'));
  const each = items.length / users.length;
  return {
    validate: async () => {
      const pass = inferencePass(runtime, network.dense);
      const scores = new Float32Array(items.length);
      try {
        for (let from = 0; from < users.length; from += PAIRS_AT_ONCE) {
          const to = Math.min(users.length, from + PAIRS_AT_ONCE);
          const result = runtime.scope(() => {
            const looked = (side: 'user' | 'item', indices: Int32Array) => {
              const { product, deep, bias } = lookupParts(network[side], indices);
              return network.side(pass, side, {
                product: product && pass.rows(product),
                deep: deep && pass.rows(deep),
                bias: bias && pass.rows(bias),
              });
            };
            const itemRows = looked('item', items.subarray(from * each, to * each));
            return network.pair(pass, looked('user', users.subarray(from, to)), itemRows);
          });
          scores.set(await result.data<'float32'>(), from * each);
          result.dispose();
        }
      } finally {
        pass.dispose();
      }
      return pointwiseMetric(explicit ? 'regression' : 'classification', scores, targets);
    },
  };
};
