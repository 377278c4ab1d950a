import type { Tensor } from 'recograph';
import { bce, bpr, frequencyShares, mse, type Pass } from 'recograph/nn';
import type { PairExamples } from './examples.ts';
import { lookupParts, type Network, type Parts } from './network.ts';
import { longestRows, squaredNorms } from './penalties.ts';
import { namedFeeds, type Problem, type ProblemConfig, partsFrom } from './problem.ts';

/**
 * The mean over a batch's (user, item) of the error (squared: 1/2 (y - s)^2) and of lambda/2 (c_u^(v-1) |u|^2 + c_i^(v-1)
 * |i|^2), c the number of an epoch's examples of that user or item and v `frequencyScaling`; and, of the n examples of an
 * epoch, alpha/2n and beta/2n times the squared norm of the batch's longest user and item vectors. So n times the loss of a
 * batch that holds everything is the objective in README.md.
 */
export const pairProblem = (network: Network, examples: PairExamples, config: ProblemConfig): Problem => {
  const { count, mass } = examples;
  const { loss, regularization, frequencyScaling } = config;
  const sharesOf = (mass: Float32Array) =>
    regularization > 0 ? frequencyShares(() => mass, frequencyScaling) : undefined;
  const shares = { users: sharesOf(mass.users), items: sharesOf(mass.items) };
  return {
    count,
    batch: (rows, rng) => {
      const { users, items, targets, weights } = examples.batch(rows, rng);
      const shape = [users.length, targets.length / users.length];
      return {
        ...namedFeeds('user', lookupParts(network.user, users)),
        ...namedFeeds('item', lookupParts(network.item, items)),
        target: { data: targets, shape },
        weights: weights && { data: weights, shape },
        userShares: shares.users && Float32Array.from(users, (user) => shares.users![user]!),
        itemShares: shares.items && Float32Array.from(items, (item) => (item < 0 ? 0 : shares.items![item]!)),
      };
    },
    loss: (inputs, pass) => {
      const { tf } = pass;
      const users = partsFrom('user', inputs);
      const items = partsFrom('item', inputs);
      const scores = network.pair(pass, network.side(pass, 'user', users), network.side(pass, 'item', items));
      const terms = [errorOf(tf, loss, scores, inputs.target!, inputs.weights)];
      if (regularization > 0) {
        const of = (rows: Parts<Tensor>, weights: Tensor | undefined): Tensor => {
          const norms = squaredNorms(tf, rows, true);
          return tf.mean(weights ? tf.mul(norms, weights) : norms);
        };
        terms.push(tf.mul(regularization / 2, tf.add(of(users, inputs.userShares), of(items, inputs.itemShares))));
      }
      const longest = longestRows(tf, config, users, items);
      if (longest) terms.push(tf.div(longest, mass.total));
      return terms.reduce((sum, term) => tf.add(sum, term));
    },
  };
};

const errorOf = (
  tf: Pass['tf'],
  loss: ProblemConfig['loss'],
  scores: Tensor,
  targets: Tensor,
  weights: Tensor | undefined,
): Tensor => {
  if (loss === 'bce') return bce(tf, scores, targets, weights);
  if (loss === 'squared') return tf.mul(0.5, mse(tf, scores, targets, weights));
  const [rows, width] = scores.shape as [number, number];
  return bpr(tf, tf.slice(scores, [0, 0], [rows, 1]), tf.slice(scores, [0, 1], [rows, width - 1]));
};
