import type { Csr, Rng, Tensor, TensorRuntime } from 'recograph';
import { throwIfCancelled } from 'recograph';
import type { BprEpochs, BprSteps } from 'recograph/math';
import { type NegativeSampler, popularityNegatives, shuffled, uniformNegatives } from 'recograph/nn';

/** About how often the most frequent row may occur among a batch's positives: its steps do not see each other. */
const REPEATS = 8;
const LARGEST_BATCH = 2 ** 16;

/**
 * The epochs of `createBprEpochs` in batches on the device: a batch's gradients are taken at the same rows and summed.
 * `skew` draws negatives in proportion to (count + 1) ** skew. Other order and negatives than the kernels', so other
 * rows of the same quality.
 */
export const epochsOnTensors = (
  runtime: TensorRuntime,
  positives: Csr,
  { learningRate, regularization }: BprSteps,
  skew: number,
  signal: AbortSignal,
): BprEpochs => {
  const { tf } = runtime;
  const sampler = skew === 0 ? uniformNegatives(positives) : popularityNegatives(positives, skew);
  const batchSize = batchSizeOf(positives);
  return {
    epoch: async (rows, rng) => {
      const { users, items, negatives } = examplesOf(positives, sampler, rng);
      const places = [users, items, negatives].map((ids) => tf.tensor1d(ids, 'int32'));
      type Places = (typeof places)[number];
      const learned = tf.tensor1d(Float32Array.from({ length: rows.users.columns }, (_, c) => (c < rows.bias ? 1 : 0)));
      let total = tf.scalar(0);
      let userRows = tf.tensor2d(rows.users.data, [rows.users.rows, rows.users.columns]);
      let itemRows = tf.tensor2d(rows.items.data, [rows.items.rows, rows.items.columns]);
      try {
        for (let first = 0; first < users.length; first += batchSize) {
          const next = tf.tidy(() => {
            const count = Math.min(batchSize, users.length - first);
            const [u, i, j] = places.map((ids) => tf.slice(ids, first, count)) as [Places, Places, Places];
            const [user, item, negative] = [tf.gather(userRows, u), tf.gather(itemRows, i), tf.gather(itemRows, j)];
            const difference = tf.sub(item, negative) as Tensor;
            const margin = tf.sum(tf.mul(user, difference), 1, true);
            const pull = tf.sigmoid(tf.neg(margin));
            const step = (gradient: Tensor, row: Tensor) =>
              tf.mul(learningRate, tf.sub(gradient, tf.mul(regularization, row)));
            const towards = tf.mul(pull, user);
            const itemSteps = tf.concat([step(towards, item), step(tf.neg(towards), negative)], 0);
            const userSteps = tf.mul(step(tf.mul(pull, difference), user), learned);
            return {
              userRows: tf.add(userRows, tf.unsortedSegmentSum(userSteps, u, userRows.shape[0])) as typeof userRows,
              itemRows: tf.add(
                itemRows,
                tf.unsortedSegmentSum(itemSteps, tf.concat([i, j], 0), itemRows.shape[0]),
              ) as typeof itemRows,
              total: tf.add(total, tf.sum(tf.softplus(tf.neg(margin)))) as typeof total,
            };
          });
          tf.dispose([userRows, itemRows, total]);
          ({ userRows, itemRows, total } = next);
          throwIfCancelled(signal);
        }
        const [loss, newUsers, newItems] = await Promise.all([total.data(), userRows.data(), itemRows.data()]);
        rows.users.data.set(newUsers);
        rows.items.data.set(newItems);
        return users.length === 0 ? 0 : loss[0]! / users.length;
      } finally {
        tf.dispose([...places, learned, total, userRows, itemRows]);
      }
    },
    release: () => undefined,
  };
};

/** Every positive once, shuffled, with a negative of its user's; a user who has taken every item gives none. */
const examplesOf = ({ rows, offsets, indices }: Csr, sampler: NegativeSampler, rng: Rng) => {
  const userOf = new Int32Array(indices.length);
  for (let user = 0; user < rows; user++) userOf.fill(user, offsets[user], offsets[user + 1]);
  const [users, items, negatives] = [userOf.slice(), new Int32Array(indices.length), new Int32Array(indices.length)];
  let count = 0;
  for (const k of shuffled(indices.length, rng)) {
    const negative = sampler.draw(userOf[k]!, rng);
    if (negative < 0) continue;
    users[count] = userOf[k]!;
    items[count] = indices[k]!;
    negatives[count++] = negative;
  }
  return {
    users: users.subarray(0, count),
    items: items.subarray(0, count),
    negatives: negatives.subarray(0, count),
  };
};

const batchSizeOf = ({ rows, columns, offsets, indices }: Csr): number => {
  const counts = new Uint32Array(columns);
  for (const item of indices) counts[item]!++;
  let most = 1;
  for (const count of counts) most = Math.max(most, count);
  for (let user = 0; user < rows; user++) most = Math.max(most, offsets[user + 1]! - offsets[user]!);
  return Math.max(1, Math.min(LARGEST_BATCH, Math.ceil((REPEATS * indices.length) / most)));
};
