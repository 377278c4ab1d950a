import { type Dataset, knownItems, type Matrix, type Model, RecographError, type TensorRuntime } from 'recograph';
import {
  bce,
  datasetSlots,
  type FieldLayout,
  forgetUnreached,
  heldOutRows,
  layFields,
  logOdds,
  mse,
  normal,
  type PointwiseBatch,
  type PointwiseConfig,
  pointwiseExamples,
  pointwiseMetric,
  slotFactors,
  slotLookup,
  slotSums,
  squaredNorm,
  type Table,
  table,
  train,
  trainingOptions,
  weighSlots,
  zeros,
} from 'recograph/nn';
import { attributesOf } from './attributes.ts';
import type { MfConfig } from './config.ts';
import { type Factors, factorsFrom } from './factors.ts';
import { fittedMf } from './fitted-mf.ts';
import { addImplied, type Implied, impliedFeeds, impliedItems, impliedNorm, impliedVectors } from './implied.ts';
import { trainingDefaults } from './training-defaults.ts';

/** Lower than for values: a positive and its negatives are learned by heart at .005 on small data. */
const IMPLICIT_LEARNING_RATE = 0.002;

/** Standard deviation of the vectors' first values. */
const INITIAL_DEVIATION = 0.05;

/** Everything that is learned. */
interface Learned {
  readonly layout: FieldLayout;
  readonly mean: number;
  /** v_j, w_j of ids and features, [layout.rows x factors] and [layout.rows x 1]. */
  readonly vectors: Table;
  readonly weights: Table;
  readonly implied: Implied | undefined;
}

/**
 * score = mean + sum_j w_j x_j + <user vector, item vector>, each vector sum_j v_j x_j over the id and features of its side
 * (Chen et al. 2012, eq. 2; without features Koren, Bell & Volinsky 2009, eq. 4). SVD++ adds what N(u) implies to the user's.
 * Explicit: squared error on the values. Implicit: the score is a logit, cross-entropy with sampled negatives.
 * L2 `regularization` on every example's rows.
 */
export const createMf = (config: MfConfig, { runtime }: { runtime: TensorRuntime }): Model => ({
  fit: async (data, _inputs, options) => {
    const explicit = isExplicit(data, config);
    const task: PointwiseConfig = { task: explicit ? 'regression' : 'classification', negatives: config.negatives };
    const examples = pointwiseExamples(data, task);
    const { rng, validation } = options;
    const regularization = config.regularization ?? (explicit ? 0.1 : 1e-4);
    const learningRate = config.learningRate ?? (explicit ? trainingDefaults.learningRate : IMPLICIT_LEARNING_RATE);
    const layout = layoutOf(data, config.fields);
    const slots = datasetSlots(layout, data);
    const vectors = table('vectors', layout.rows, config.factors, normal(rng.fork('init'), INITIAL_DEVIATION));
    const weights = table('weights', layout.rows, 1, zeros);
    const implied =
      config.variant === 'svd++'
        ? { vectors: table('implied', data.items.size, config.factors, zeros), taken: impliedItems(data) }
        : undefined;
    const mean = explicit ? examples.mean : logOdds(examples.mean);
    const learned: Learned = { layout, mean, vectors, weights, implied };
    const held = heldOutRows(validation, task, data, rng);

    await train({
      runtime,
      parameters: implied ? [vectors, weights, implied.vectors] : [vectors, weights],
      ...trainingOptions({ ...config, learningRate }, trainingDefaults),
      examples: examples.count,
      fit: options,
      ...(held && validate(learned, task.task, held, validation!)),
      batch: (rows, context) => {
        const batch = examples.batch(rows, context.rng);
        const [user, item] = [slots.queries(batch), slots.items(batch)];
        return {
          user: slotLookup(vectors, user),
          item: slotLookup(vectors, item),
          userWeights: slotLookup(weights, user),
          itemWeights: slotLookup(weights, item),
          userFactors: slotFactors(user),
          itemFactors: slotFactors(item),
          ...impliedFeeds(implied, batch.users),
          target: { data: batch.targets, shape: [batch.targets.length, 1] },
        };
      },
      loss: (inputs, { tf }) => {
        const { user, item, userWeights, itemWeights, userFactors, itemFactors, target } = inputs;
        const total = (looked: typeof user, x: typeof userFactors) => tf.sum(weighSlots(tf, looked, x), 1);
        const own = total(user, userFactors);
        const left = implied ? tf.add(own, impliedVectors(tf, inputs)) : own;
        const match = tf.sum(tf.mul(left, total(item, itemFactors)), 1, true);
        const score = tf.add(tf.addN([match, total(userWeights, userFactors), total(itemWeights, itemFactors)]), mean);
        const error = explicit ? mse(tf, score, target) : bce(tf, score, target);
        const norm = squaredNorm(tf, [user, item, userWeights, itemWeights]);
        return tf.add(error, tf.mul(regularization, implied ? tf.add(norm, impliedNorm(tf, inputs)) : norm));
      },
    });
    forgetUnreached([vectors, weights], slots.reached(examples));
    return fittedMf(
      {
        explicit,
        mean,
        regularization,
        negatives: examples.negatives,
        until: data.until,
        ...sidesOf(learned, data),
        known: knownItems(data, explicit ? 'values' : 'positives'),
        attributes: config.fields.length > 0 ? attributesOf(layout, vectors, weights.data) : undefined,
        implied: implied?.vectors,
      },
      runtime,
    );
  },
  restore: (state) => fittedMf(factorsFrom(state), runtime),
});

const isExplicit = (data: Dataset, { feedback, variant }: MfConfig): boolean => {
  const explicit = feedback === 'auto' ? data.interactions.values.some(Number.isFinite) : feedback === 'explicit';
  if (!explicit && variant === 'svd++') {
    // N(u) holds u's positives and none of the sampled negatives: it would tell them apart by itself.
    throw new RecographError(
      'CONFIG_INVALID',
      'variant is "svd++", which predicts values, and the feedback is implicit: choose variant "mf", or events with values.',
      { at: 'variant' },
    );
  }
  return explicit;
};

const layoutOf = (data: Dataset, fields: readonly string[]): FieldLayout => {
  const layout = layFields(data, { ids: ['user', 'item'], fields });
  const foreign = layout.fields.find(({ side }) => side === 'context');
  if (!foreign) return layout;
  throw new RecographError(
    'CONFIG_INVALID',
    `fields names "${foreign.name}": mf takes user.FIELD and item.FIELD; factorization-machine knows contexts.`,
    { at: 'fields' },
  );
};

/** Adds what N(u) implies to the vectors of these users, row for row. */
const withImplied = (implied: Learned['implied'], users: ArrayLike<number>, vectors: Matrix): Matrix => {
  const { columns, data } = vectors;
  for (let r = 0; implied && r < users.length; r++) {
    const { offsets, values } = implied.taken;
    const items = values.subarray(offsets[users[r]!], offsets[users[r]! + 1]);
    if (items.length > 0) addImplied(implied.vectors, items, data.subarray(r * columns, (r + 1) * columns));
  }
  return vectors;
};

/** Every user's and item's sum of weights and of vectors. */
const sidesOf = ({ layout, vectors, weights, implied }: Learned, data: Dataset) => {
  const everyone = Int32Array.from({ length: data.users.size }, (_, user) => user);
  const everything = Int32Array.from({ length: data.items.size }, (_, item) => item);
  const slots = datasetSlots(layout, data);
  const user = slotSums(vectors, weights.data, slots.queries({ users: everyone, events: everyone }));
  const item = slotSums(vectors, weights.data, slots.items({ items: everything }));
  return {
    users: withImplied(implied, everyone, user.vectors),
    userBias: user.linear,
    items: item.vectors,
    itemBias: item.linear,
  } satisfies Partial<Factors>;
};

/** Scores the held-out examples after each epoch. */
const validate = (learned: Learned, task: PointwiseConfig['task'], rows: PointwiseBatch, held: Dataset) => {
  const { layout, vectors, weights, implied, mean } = learned;
  const slots = datasetSlots(layout, held);
  const [users, items] = [slots.queries(rows), slots.items(rows)];
  return {
    validate: () => {
      const user = slotSums(vectors, weights.data, users);
      const item = slotSums(vectors, weights.data, items);
      const { columns, data: left } = withImplied(implied, rows.users, user.vectors);
      const scores = user.linear.map((weight, r) => {
        let sum = mean + weight + item.linear[r]!;
        for (let c = r * columns; c < (r + 1) * columns; c++) sum += left[c]! * item.vectors.data[c]!;
        return sum;
      });
      return pointwiseMetric(task, scores, rows.targets);
    },
  };
};
