import type { Dataset, Model, Rng, Tensor, TensorRuntime } from 'recograph';
import {
  datasetSlots,
  forgetUnreached,
  inferencePass,
  layFields,
  logOdds,
  pairScorer,
  parameter,
  pointwiseMetric,
  train,
  trainingOptions,
  twoSidedTraining,
  zeros,
} from 'recograph/nn';
import type { MultiTaskConfig } from './config.ts';
import { type TaskBatch, taskExamples } from './examples.ts';
import { fittedMultiTask, restoreMultiTask } from './fitted-multi-task.ts';
import { taskLoss } from './loss.ts';
import { createNetwork, type Network, type NetworkShape } from './network.ts';
import { type LabelledTask, labelTasks, tasksToLearn } from './tasks.ts';
import { trainingDefaults } from './training-defaults.ts';

/** Fits the network of `createNetwork` to several labels of an event at once. */
export const createMultiTask = (config: MultiTaskConfig, { runtime }: { runtime: TensorRuntime }): Model => ({
  fit: async (data, _inputs, options) => {
    const { rng, validation } = options;
    const { hidden, tower, factors, regularization } = config;
    const labelled = tasksToLearn(data, config);
    const examples = taskExamples(data, labelled, config.negatives);
    const layout = layFields(data, config);
    const slots = datasetSlots(layout, data);
    const shape: NetworkShape = {
      layout,
      tasks: labelled.map(({ name, predict, drawn }) => ({ name, predict, drawn })),
      experts: config.architecture === 'shared-bottom' ? 1 : config.experts,
      own: config.architecture === 'cgc' ? 1 : 0,
      hidden,
      tower,
      factors,
      dropout: config.dropout,
    };
    const starts = Float32Array.from(labelled, ({ predict, mean }) => (predict === 'chance' ? logOdds(mean) : mean));
    const embeddingRates = Object.values(config.tasks).map(({ embeddingRate }) => embeddingRate);
    const network = createNetwork(shape, rng.fork('init'), { starts, embeddingRates });
    const sides = twoSidedTraining(network, slots);
    const logVariances =
      config.weighting === 'uncertainty' ? parameter('logVariances', [labelled.length], zeros) : undefined;
    const weights = Object.values(config.tasks).map(({ lossWeight }) => lossWeight);
    // A task's first-order weights are its own: they are held by as much as they are pulled.
    const holds = weights.map(Math.sqrt);

    await train({
      runtime,
      parameters: logVariances ? [...network.parameters, logVariances] : network.parameters,
      ...trainingOptions(config, trainingDefaults),
      examples: examples.count,
      fit: options,
      ...(validation?.interactions.length && validate(runtime, network, shape, config, data, validation, rng)),
      batch: (events, context) => {
        const batch = examples.batch(events, context.rng);
        const matrix = [batch.users.length, labelled.length];
        return {
          ...sides.feeds(batch),
          labels: { data: batch.labels, shape: matrix },
          shares: { data: batch.shares, shape: matrix },
        };
      },
      loss: ({ labels, shares, ...inputs }, pass) => {
        const { tf } = pass;
        const outputs = sides.score(inputs, pass);
        const error = taskLoss(pass, shape.tasks, { outputs, labels, shares }, { weights, logVariances });
        const own = (rows: Tensor | undefined) => rows && tf.mul(rows, holds);
        const held = { ...inputs, queryWeights: own(inputs.queryWeights), itemWeights: own(inputs.itemWeights) };
        return tf.add(error, tf.mul(regularization, sides.norm(tf, held)));
      },
    });
    const drawn = shape.tasks.some((task) => task.drawn) ? config.negatives : 0;
    const events = Int32Array.from({ length: examples.count }, (_, event) => event);
    forgetUnreached([network.vectors, network.weights!], slots.reached({ events, negatives: drawn }));
    return fittedMultiTask(shape, network, runtime, config);
  },
  restore: async (state) => restoreMultiTask(state, runtime, config),
});

/** Mean over tasks, by lossWeight, of the AUC (a value's: - mean squared error) on the held-out examples. */
const validate = (
  runtime: TensorRuntime,
  network: Network,
  { layout }: NetworkShape,
  config: MultiTaskConfig,
  data: Dataset,
  held: Dataset,
  rng: Rng,
) => {
  const tasks = labelTasks(held, config);
  const examples = taskExamples(held, tasks, config.negatives, data);
  const events = Int32Array.from({ length: examples.count }, (_, event) => event);
  const batch = examples.batch(events, rng.fork('validation'));
  const slots = datasetSlots(layout, held);
  const [queries, items] = [slots.queries(batch), slots.items(batch)];
  const weights = tasks.map(({ name, count }) => (count === 0 ? 0 : config.tasks[name]!.lossWeight));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return undefined;
  return {
    validate: async () => {
      const pass = inferencePass(runtime, network.dense);
      try {
        const outputs = await pairScorer(runtime, layout, network, pass).rows(queries, items);
        return tasks.reduce((sum, task, t) => {
          return weights[t] === 0 ? sum : sum + (metricOf(task, t, tasks.length, outputs, batch) * weights[t]!) / total;
        }, 0);
      } finally {
        pass.dispose();
      }
    },
  };
};

const metricOf = (task: LabelledTask, t: number, width: number, outputs: Float32Array, batch: TaskBatch): number => {
  const labelled = (_: number, k: number): boolean => k % width === t && batch.shares[k]! > 0;
  const kind = task.predict === 'chance' ? 'classification' : 'regression';
  return pointwiseMetric(kind, outputs.filter(labelled), batch.labels.filter(labelled));
};
