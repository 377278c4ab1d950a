import type { Csr, Rng, Tensor } from 'recograph';
import {
  bpr,
  distinctItems,
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
        const { items: targets, owners } = userTargets(positives, users);
        const negatives = owners.map((owner, k) => {
          const item = sampler.draw(users[owner]!, rng);
          // A user who has taken everything is held against its own item, and learns nothing.
          return item < 0 ? targets[k]! : item;
        });
        const { items, places } = distinctItems([targets, negatives], positives.columns);
        return {
          users: lookup(tables.users, users),
          items: lookup(tables.items, items),
          owners,
          targets: places[0],
          negatives: places[1],
        };
      },
      loss: (inputs, { tf }) => {
        const { users, items, owners, targets, negatives } = inputs as Record<string, Tensor>;
        const own = tf.gather(users!, owners as never);
        const score = (rows: Tensor) => tf.sum(tf.mul(own, tf.gather(items!, rows as never)), 1);
        return bpr(tf, score(targets!), score(negatives!));
      },
    };
  }
  const draw = sharedNegatives(positives, { uniform: negatives, inBatch, logQ });
  return {
    batch: (users, rng) => {
      const { items: targets, owners } = userTargets(positives, users);
      const others = draw(users, targets, rng);
      const { items, places } = distinctItems([targets, others.items], positives.columns);
      return {
        users: lookup(tables.users, users),
        items: lookup(tables.items, items),
        owners,
        targets: places[0],
        others: places[1],
        weights: { data: others.weights, shape: [users.length, others.items.length] },
      };
    },
    loss: (inputs, { tf }) => {
      const { users, items, owners, targets, others, weights } = inputs as Record<string, Tensor>;
      const units = unitLength(tf, items!);
      return groupedSoftmax(tf, {
        users: tf.div(unitLength(tf, users!), temperature),
        targets: tf.gather(units, targets as never),
        owners: owners!,
        others: tf.gather(units, others as never),
        weights: weights!,
      });
    },
  };
};
