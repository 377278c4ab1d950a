import type { Dataset, Model, TensorRuntime } from 'recograph';
import {
  bce,
  datasetSlots,
  forgetUnreached,
  frequencyShares,
  heldOutRows,
  inferencePass,
  layFields,
  logOdds,
  mse,
  type PointwiseBatch,
  pairScorer,
  pointwiseExamples,
  pointwiseMetric,
  train,
  trainingOptions,
  twoSidedTraining,
} from 'recograph/nn';
import type { DeepFmConfig } from './config.ts';
import { type DeepFmJson, fittedDeepFm, restoreDeepFm } from './fitted-deep-fm.ts';
import { createNetwork, type Network, type NetworkShape } from './network.ts';
import { trainingDefaults } from './training-defaults.ts';

/** Fits the network of `createNetwork`: cross-entropy (classification) or squared error, L2 on the rows an example uses. */
export const createDeepFm = (config: DeepFmConfig, { runtime }: { runtime: TensorRuntime }): Model => ({
  fit: async (data, _inputs, options) => {
    const { rng, validation } = options;
    const { task, regularization } = config;
    const { variant, factors, hidden } = config;
    const examples = pointwiseExamples(data, config);
    const { mean, negatives } = examples;
    const layout = layFields(data, config);
    const slots = datasetSlots(layout, data);
    const shape: NetworkShape = { layout, variant, factors, hidden, dropout: config.dropout };
    const network = createNetwork(shape, task === 'regression' ? mean : logOdds(mean), rng.fork('init'));
    const { vectors, weights } = network;
    const shares = frequencyShares(() => slots.occurrences(examples), config.frequencyScaling);
    const sides = twoSidedTraining(network, slots, shares);
    const json: DeepFmJson = { shape, task, observed: negatives === 0 };
    const held = heldOutRows(validation, { task, negatives }, data, rng);

    await train({
      runtime,
      parameters: network.parameters,
      ...trainingOptions(config, trainingDefaults),
      examples: examples.count,
      fit: options,
      ...(held && validate(runtime, network, json, held, validation!)),
      batch: (rows, context) => {
        const batch = examples.batch(rows, context.rng);
        return { ...sides.feeds(batch), target: { data: batch.targets, shape: [batch.targets.length, 1] } };
      },
      loss: ({ target, ...inputs }, pass) => {
        const { tf } = pass;
        const score = sides.score(inputs, pass);
        const error = task === 'regression' ? mse(tf, score, target) : bce(tf, score, target);
        return tf.add(error, tf.mul(regularization, sides.norm(tf, inputs)));
      },
    });
    forgetUnreached(weights ? [vectors, weights] : [vectors], slots.reached(examples));
    return fittedDeepFm(json, network, runtime);
  },
  restore: (state) => restoreDeepFm(state, runtime),
});

/** Scores the held-out examples after each epoch. */
const validate = (
  runtime: TensorRuntime,
  network: Network,
  { shape, task }: DeepFmJson,
  rows: PointwiseBatch,
  held: Dataset,
) => {
  const slots = datasetSlots(shape.layout, held);
  const [queries, items] = [slots.queries(rows), slots.items(rows)];
  return {
    validate: async () => {
      const pass = inferencePass(runtime, network.dense);
      try {
        const scores = await pairScorer(runtime, shape.layout, network, pass).rows(queries, items);
        return pointwiseMetric(task, scores, rows.targets);
      } finally {
        pass.dispose();
      }
    },
  };
};
