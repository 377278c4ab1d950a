import { type Dataset, type FittedModel, type Model, scoreRows, type TensorRuntime } from 'recograph';
import { bpr, lookup, normal, table, train, uniformNegatives } from 'recograph/nn';

/** The smallest neural model: users and items as vectors, trained to rank what was taken above what was not. */
export const dotProduct = (runtime: TensorRuntime, width = 8): Model => ({
  fit: async (data: Dataset, _inputs, options) => {
    const init = normal(options.rng.fork('init'), 0.1);
    const users = table('users', data.users.size, width, init);
    const items = table('items', data.items.size, width, init);
    const { offsets, indices } = data.positives();
    const userOf = Int32Array.from(indices, (_, k) => offsets.findIndex((end) => end > k) - 1);
    const negatives = uniformNegatives(data.positives());
    await train({
      runtime,
      parameters: [users, items],
      optimizer: { kind: 'adam', learningRate: 0.02 },
      examples: indices.length,
      batchSize: 256,
      epochs: 30,
      fit: options,
      batch: (rows, { rng }) => ({
        user: lookup(
          users,
          rows.map((row) => userOf[row]!),
        ),
        taken: lookup(
          items,
          rows.map((row) => indices[row]!),
        ),
        other: lookup(
          items,
          rows.map((row) => negatives.draw(userOf[row]!, rng)),
        ),
      }),
      loss: ({ user, taken, other }, { tf }) => bpr(tf, tf.sum(tf.mul(user, taken), 1), tf.sum(tf.mul(user, other), 1)),
    });
    return fitted(users.data, items.data, width);
  },
  restore: ({ json, tensors }) =>
    fitted(tensors.users!.data as Float32Array, tensors.items!.data as Float32Array, json as number),
});

const fitted = (users: Float32Array, items: Float32Array, width: number): FittedModel => ({
  capabilities: {
    feedback: ['implicit'],
    coldUsers: [],
    coldItems: false,
    sequential: false,
    context: false,
    calibrated: 'none',
  },
  score: async (queries, set) =>
    scoreRows(queries, set, (query, indices, scores) => {
      const user = queries.users[query]! * width;
      for (const [k, item] of indices.entries()) {
        let sum = user < 0 || (item + 1) * width > items.length ? Number.NaN : 0;
        for (let c = 0; c < width; c++) sum += users[user + c]! * items[item * width + c]!;
        scores[k] = sum;
      }
    }),
  state: () => ({
    json: width,
    tensors: {
      users: { shape: [users.length / width, width], data: users },
      items: { shape: [items.length / width, width], data: items },
    },
  }),
});
