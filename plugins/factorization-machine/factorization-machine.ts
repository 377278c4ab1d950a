import type { Dataset, Model, Rng, TensorRuntime } from 'recograph';
import {
  bce,
  constant,
  datasetSlots,
  forgetUnreached,
  layFields,
  mse,
  normal,
  pairwise,
  parameter,
  pointwiseExamples,
  pointwiseMetric,
  slotFactors,
  slotLookup,
  squaredNorm,
  sumVectors,
  table,
  train,
  weighSlots,
  zeros,
} from 'recograph/nn';
import { fittedMachine } from './fitted-machine.ts';
import { halvesOf, type Learned, learnedFrom } from './learned.ts';

export interface FactorizationMachineConfig {
  readonly order: 1 | 2;
  readonly factors: number;
  readonly ids: readonly ('user' | 'item')[];
  readonly fields?: readonly string[] | undefined;
  readonly task: 'classification' | 'regression';
  readonly negatives?: number | undefined;
  readonly epochs: number;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly regularization: number;
  readonly optimizer: 'adam' | 'adagrad' | 'sgd';
  readonly patience: number;
}

/** Standard deviation of the vectors' first values. */
const INITIAL_DEVIATION = 0.05;

/**
 * score = w0 + sum_j w_j x_j + sum_{j < l} <v_j, v_l> x_j x_l (Rendle 2010, eq. 1), the last sum in linear time (lemma 3.1).
 * Classification: the score is a logit, cross-entropy; regression: squared error. L2 on what each example uses.
 */
export const createFactorizationMachine = (
  config: FactorizationMachineConfig,
  { runtime }: { runtime: TensorRuntime },
): Model => ({
  fit: async (data, _inputs, options) => {
    const { rng, validation } = options;
    const { task, regularization } = config;
    const examples = pointwiseExamples(data, config);
    const { negatives, mean } = examples;
    const layout = layFields(data, config);
    const slots = datasetSlots(layout, data);
    const factors = config.order === 2 ? config.factors : 0;
    const vectors = table('vectors', layout.rows, factors, normal(rng.fork('init'), INITIAL_DEVIATION));
    const weights = table('weights', layout.rows, 1, zeros);
    const bias = parameter('bias', [1], constant(task === 'regression' ? mean : logOdds(mean)));
    const learned: Learned = {
      layout,
      task,
      observed: negatives === 0,
      bias: bias.data,
      vectors,
      weights: weights.data,
    };

    await train({
      runtime,
      parameters: factors > 0 ? [bias, weights, vectors] : [bias, weights],
      optimizer: { kind: config.optimizer, learningRate: config.learningRate },
      examples: examples.count,
      batchSize: config.batchSize,
      epochs: config.epochs,
      patience: config.patience,
      fit: options,
      ...(validation && validate(learned, data, validation, negatives, rng)),
      batch: (rows, context) => {
        const batch = examples.batch(rows, context.rng);
        const laid = slots.whole(batch);
        return {
          linear: slotLookup(weights, laid),
          crossed: factors > 0 ? slotLookup(vectors, laid) : undefined,
          x: slotFactors(laid),
          target: { data: batch.targets, shape: [batch.targets.length, 1] },
        };
      },
      loss: ({ linear, crossed, x, target }, { tf, value }) => {
        const terms = [tf.sum(weighSlots(tf, linear, x), 1)];
        if (crossed) {
          const [rows, width, columns] = crossed.shape as [number, number, number];
          const flat = tf.reshape(weighSlots(tf, crossed, x), [rows, width * columns]);
          terms.push(pairwise(tf, flat, sumVectors(tf, flat, columns)));
        }
        const score = tf.add(tf.addN(terms), value(bias));
        const error = task === 'regression' ? mse(tf, score, target) : bce(tf, score, target);
        return tf.add(error, tf.mul(regularization, squaredNorm(tf, crossed ? [linear, crossed] : [linear])));
      },
    });
    forgetUnreached([vectors, weights], slots.reached(examples));
    return fittedMachine(learned);
  },
  restore: (state) => fittedMachine(learnedFrom(state)),
});

const logOdds = (share: number): number => Math.log(Math.max(share, 1e-6) / Math.max(1 - share, 1e-6));

/** Scores the held-out examples after each epoch. */
const validate = (learned: Learned, data: Dataset, validation: Dataset, negatives: number, rng: Rng) => {
  const { layout, task, bias } = learned;
  const examples = pointwiseExamples(validation, { task, negatives }, data.positives());
  if (examples.count === 0) return undefined;
  const rows = examples.batch(
    Int32Array.from({ length: examples.count }, (_, k) => k),
    rng.fork('validation'),
  );
  const slots = datasetSlots(layout, validation).whole(rows);
  return {
    validate: () => {
      const scores = halvesOf(learned, slots).own.map((own) => own + bias[0]!);
      return pointwiseMetric(task, scores, rows.targets);
    },
  };
};
