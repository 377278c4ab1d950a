import type { Dataset, Model, TensorRuntime } from 'recograph';
import {
  bce,
  constant,
  datasetSlots,
  forgetUnreached,
  heldOutRows,
  layFields,
  logOdds,
  mse,
  normal,
  type PointwiseBatch,
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
  trainingOptions,
  weighSlots,
  zeros,
} from 'recograph/nn';
import type { FactorizationMachineConfig } from './config.ts';
import { fittedMachine } from './fitted-machine.ts';
import { halvesOf, type Learned, learnedFrom } from './learned.ts';
import { trainingDefaults } from './training-defaults.ts';

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
    const held = heldOutRows(validation, { task, negatives }, data, rng);

    await train({
      runtime,
      parameters: factors > 0 ? [bias, weights, vectors] : [bias, weights],
      ...trainingOptions(config, trainingDefaults),
      examples: examples.count,
      fit: options,
      ...(held && validate(learned, held, validation!)),
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

/** Scores the held-out examples after each epoch. */
const validate = (learned: Learned, rows: PointwiseBatch, validation: Dataset) => {
  const slots = datasetSlots(learned.layout, validation).whole(rows);
  return {
    validate: () => {
      const scores = halvesOf(learned, slots).own.map((own) => own + learned.bias[0]!);
      return pointwiseMetric(learned.task, scores, rows.targets);
    },
  };
};
