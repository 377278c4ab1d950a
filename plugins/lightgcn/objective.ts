import type { Csr, Rng, Tensor } from 'recograph';
import {
  bpr,
  type Feeds,
  groupedSoftmax,
  type Loss,
  lookup,
  sharedNegatives,
  type Table,
  uniformNegatives,
  unitLength,
  userTargets,
} from 'recograph/nn';
import type { LightGcnConfig } from './index.ts';

export interface Objective {
  batch(users: Int32Array, rng: Rng): Feeds;
  readonly loss: Loss<Feeds>;
}

/** What a step of users learns: each user's positives against items that are none. */
export const objectiveOf = (
  { loss, negatives, inBatch, logQ, temperature }: LightGcnConfig,
  positives: Csr,
  tables: { readonly users: Table; readonly items: Table },
): Objective => {
  if (loss === 'bpr') {
    const sampler = uniformNegatives(positives);
    return {
      batch: (users, rng) => {
        const { items, owners } = userTargets(positives, users);
        return {
          users: lookup(tables.users, users),
          targets: lookup(tables.items, items),
          owners,
          negatives: lookup(
            tables.items,
            owners.map((owner, k) => {
              const item = sampler.draw(users[owner]!, rng);
              // A user who has taken everything is held against its own item, and learns nothing.
              return item < 0 ? items[k]! : item;
            }),
          ),
        };
      },
      loss: (inputs, { tf }) => {
        const { users, targets, owners, negatives } = inputs as Record<string, Tensor>;
        const own = tf.gather(users!, owners as never);
        return bpr(tf, tf.sum(tf.mul(own, targets!), 1), tf.sum(tf.mul(own, negatives!), 1));
      },
    };
  }
  const draw = sharedNegatives(positives, { uniform: negatives, inBatch, logQ });
  return {
    batch: (users, rng) => {
      const { items, owners } = userTargets(positives, users);
      const others = draw(users, items, rng);
      return {
        users: lookup(tables.users, users),
        targets: lookup(tables.items, items),
        owners,
        others: lookup(tables.items, others.items),
        weights: { data: others.weights, shape: [users.length, others.items.length] },
      };
    },
    loss: (inputs, { tf }) => {
      const { users, targets, owners, others, weights } = inputs as Record<string, Tensor>;
      return groupedSoftmax(tf, {
        users: tf.div(unitLength(tf, users!), temperature),
        targets: unitLength(tf, targets!),
        owners: owners!,
        others: unitLength(tf, others!),
        weights: weights!,
      });
    },
  };
};
