import type { Dataset, Matrix, Model, TensorRuntime } from 'recograph';
import { bce, lookup, mse, normal, squaredNorm, table, train, uniformNegatives, zeros } from 'recograph/nn';
import { type Examples, sampledExamples, valuedExamples } from './examples.ts';
import { type Factors, factorsFrom, lossOf } from './factors.ts';
import { fittedMf } from './fitted-mf.ts';

export interface MfConfig {
  readonly factors: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly regularization?: number | undefined;
  readonly optimizer: 'adam' | 'adagrad' | 'sgd';
  readonly feedback: 'auto' | 'explicit' | 'implicit';
  readonly negatives: number;
  readonly patience: number;
}

/** Standard deviation of the vectors' first values. */
const INITIAL_DEVIATION = 0.05;

/**
 * score = mean + user bias + item bias + user vector . item vector (Koren, Bell & Volinsky 2009, eq. 4 and 5).
 * Explicit: squared error on the values. Implicit: the score is a logit, cross-entropy with sampled negatives.
 * L2 `regularization` on every example's rows.
 */
export const createMf = (config: MfConfig, { runtime }: { runtime: TensorRuntime }): Model => ({
  fit: async (data, _inputs, options) => {
    const explicit = isExplicit(data, config.feedback);
    const examples = examplesOf(data, explicit, config);
    const { rng, validation } = options;
    const regularization = config.regularization ?? (explicit ? 0.1 : 1e-4);
    const init = normal(rng.fork('init'), INITIAL_DEVIATION);
    const users = table('users', data.users.size, config.factors, init);
    const items = table('items', data.items.size, config.factors, init);
    const userBias = table('userBias', data.users.size, 1, zeros);
    const itemBias = table('itemBias', data.items.size, 1, zeros);
    const mean = explicit ? meanOf(data) : -Math.log(config.negatives);
    const factors: Factors = {
      explicit,
      mean,
      regularization,
      negatives: config.negatives,
      until: data.until,
      users,
      items,
      userBias: userBias.data,
      itemBias: itemBias.data,
    };
    const held = validation && examplesOf(validation, explicit, config);
    const heldBatch = held?.count ? held.batch(allOf(held), rng.fork('validation')) : undefined;

    await train({
      runtime,
      parameters: [users, items, userBias, itemBias],
      optimizer: { kind: config.optimizer, learningRate: config.learningRate },
      examples: examples.count,
      batchSize: config.batchSize,
      epochs: config.epochs,
      patience: config.patience,
      fit: options,
      ...(heldBatch && { validate: () => -lossOf(factors, heldBatch) }),
      batch: (rows, context) => {
        const batch = examples.batch(rows, context.rng);
        return {
          user: lookup(users, batch.users),
          item: lookup(items, batch.items),
          userOffset: lookup(userBias, batch.users),
          itemOffset: lookup(itemBias, batch.items),
          target: { data: batch.targets, shape: [batch.targets.length, 1] },
        };
      },
      loss: ({ user, item, userOffset, itemOffset, target }, { tf }) => {
        const match = tf.sum(tf.mul(user, item), 1, true);
        const score = tf.add(tf.addN([match, userOffset, itemOffset]), mean);
        const error = explicit ? mse(tf, score, target) : bce(tf, score, target);
        return tf.add(error, tf.mul(regularization, squaredNorm(tf, [user, item, userOffset, itemOffset])));
      },
    });
    forgetUntrained(data, factors);
    return fittedMf(factors, runtime);
  },
  restore: (state) => fittedMf(factorsFrom(state), runtime),
});

const isExplicit = (data: Dataset, feedback: MfConfig['feedback']): boolean =>
  feedback === 'auto' ? data.interactions.values.some(Number.isFinite) : feedback === 'explicit';

const examplesOf = (data: Dataset, explicit: boolean, config: MfConfig): Examples =>
  explicit ? valuedExamples(data) : sampledExamples(data, config.negatives, uniformNegatives(data.positives()));

const allOf = (examples: Examples): Int32Array => Int32Array.from({ length: examples.count }, (_, k) => k);

const meanOf = (data: Dataset): number => {
  let sum = 0;
  let count = 0;
  for (const value of data.interactions.values) {
    if (!Number.isFinite(value)) continue;
    sum += value;
    count++;
  }
  return count === 0 ? 0 : sum / count;
};

/** Users without an example, and in explicit data items without one, never left their first values: back to nothing. */
const forgetUntrained = (data: Dataset, factors: Factors): void => {
  const { explicit, users, items, userBias, itemBias } = factors;
  const trainedUsers = new Uint8Array(users.rows);
  const trainedItems = new Uint8Array(items.rows).fill(explicit ? 0 : 1);
  const { interactions } = data;
  for (let row = 0; row < interactions.length; row++) {
    if (explicit ? !Number.isFinite(interactions.values[row]) : interactions.weights[row]! <= 0) continue;
    trainedUsers[interactions.users[row]!] = 1;
    trainedItems[interactions.items[row]!] = 1;
  }
  const forget = (trained: Uint8Array, vectors: Matrix, bias: Float32Array) => {
    for (let row = 0; row < trained.length; row++) {
      if (trained[row]) continue;
      vectors.data.fill(0, row * vectors.columns, (row + 1) * vectors.columns);
      bias[row] = 0;
    }
  };
  forget(trainedUsers, users, userBias);
  forget(trainedItems, items, itemBias);
};
