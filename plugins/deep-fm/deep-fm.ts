import type { Dataset, Model, Rng, TensorRuntime } from 'recograph';
import {
  bce,
  datasetSlots,
  type FieldLayout,
  forgetUnreached,
  inferencePass,
  layFields,
  mse,
  pointwiseExamples,
  pointwiseMetric,
  slotFactors,
  slotLookup,
  squaredNorm,
  train,
} from 'recograph/nn';
import { type DeepFmJson, fittedDeepFm, restoreDeepFm } from './fitted-deep-fm.ts';
import { createNetwork, type Network, type NetworkShape } from './network.ts';
import { createScorer } from './score-pairs.ts';

export interface DeepFmConfig {
  readonly variant: NetworkShape['variant'];
  readonly factors: number;
  readonly hidden: readonly number[];
  readonly dropout: number;
  readonly ids: readonly ('user' | 'item')[];
  readonly fields?: readonly string[] | undefined;
  readonly task: DeepFmJson['task'];
  readonly negatives?: number | undefined;
  readonly epochs: number;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly regularization: number;
  readonly weightDecay: number;
  readonly optimizer: 'adam' | 'adagrad' | 'sgd';
  readonly patience: number;
}

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
    /** Slots of each field in the batch that is being learned: bags are as wide as its longest. */
    let widths: { readonly query: readonly number[]; readonly item: readonly number[] } = { query: [], item: [] };

    await train({
      runtime,
      parameters: network.parameters,
      optimizer: { kind: config.optimizer, learningRate: config.learningRate, weightDecay: config.weightDecay },
      examples: examples.count,
      batchSize: config.batchSize,
      epochs: config.epochs,
      patience: config.patience,
      fit: options,
      ...(validation && validate(runtime, network, { layout, task, negatives }, data, validation, rng)),
      batch: (rows, context) => {
        const batch = examples.batch(rows, context.rng);
        const [query, item] = [slots.queries(batch), slots.items(batch)];
        widths = { query: query.widths, item: item.widths };
        return {
          queryVectors: slotLookup(vectors, query),
          itemVectors: slotLookup(vectors, item),
          queryWeights: weights && slotLookup(weights, query),
          itemWeights: weights && slotLookup(weights, item),
          queryFactors: slotFactors(query),
          itemFactors: slotFactors(item),
          target: { data: batch.targets, shape: [batch.targets.length, 1] },
        };
      },
      loss: (inputs, pass) => {
        const { tf } = pass;
        const { queryVectors, itemVectors, queryWeights, itemWeights, queryFactors, itemFactors, target } = inputs;
        const query = { vectors: queryVectors, weights: queryWeights, x: queryFactors, widths: widths.query };
        const item = { vectors: itemVectors, weights: itemWeights, x: itemFactors, widths: widths.item };
        const halves = [network.half(pass, 'query', query), network.half(pass, 'item', item)] as const;
        const score = network.combine(pass, ...halves);
        const error = task === 'regression' ? mse(tf, score, target) : bce(tf, score, target);
        const used = [queryVectors, itemVectors, queryWeights, itemWeights].filter((rows) => rows !== undefined);
        return tf.add(error, tf.mul(regularization, squaredNorm(tf, used)));
      },
    });
    forgetUnreached(weights ? [vectors, weights] : [vectors], slots.reached(examples));
    return fittedDeepFm({ shape, task, observed: negatives === 0 }, network, runtime);
  },
  restore: (state) => restoreDeepFm(state, runtime),
});

const logOdds = (share: number): number => Math.log(Math.max(share, 1e-6) / Math.max(1 - share, 1e-6));

/** Scores the held-out examples after each epoch. */
const validate = (
  runtime: TensorRuntime,
  network: Network,
  { layout, task, negatives }: { layout: FieldLayout; task: DeepFmJson['task']; negatives: number },
  data: Dataset,
  validation: Dataset,
  rng: Rng,
) => {
  const examples = pointwiseExamples(validation, { task, negatives }, data.positives());
  if (examples.count === 0) return undefined;
  const rows = examples.batch(
    Int32Array.from({ length: examples.count }, (_, k) => k),
    rng.fork('validation'),
  );
  const slots = datasetSlots(layout, validation);
  const [queries, items] = [slots.queries(rows), slots.items(rows)];
  return {
    validate: async () => {
      const pass = inferencePass(runtime, network.dense);
      try {
        const scores = await createScorer(runtime, network, pass).rows(queries, items);
        return pointwiseMetric(task, scores, rows.targets);
      } finally {
        pass.dispose();
      }
    },
  };
};
