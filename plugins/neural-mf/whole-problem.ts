import { type Dataset, RecographError, type Tensor } from 'recograph';
import { bce, mse, powers } from 'recograph/nn';
import { lookupParts, type Network, type Parts } from './network.ts';
import { longestRows, massOf, squaredNorms } from './penalties.ts';
import { namedFeeds, type Problem, type ProblemConfig, partsFrom } from './problem.ts';

/**
 * Every user with every item, a batch being users. Error and lambda as in `pairProblem`, their expectation in place of
 * drawn negatives: a positive weighs 1, another item `unobserved(user)`.
 */
export const wholeProblem = (
  network: Network,
  data: Dataset,
  unobserved: (user: number) => number,
  config: ProblemConfig,
): Problem => {
  const { loss, regularization, frequencyScaling } = config;
  const positives = data.positives();
  const { rows, columns, offsets, indices } = positives;
  const mass = massOf(positives, unobserved);
  const users = Int32Array.from({ length: rows }, (_, user) => user).filter((u) => offsets[u + 1]! > offsets[u]!);
  const everyItem = Int32Array.from({ length: columns }, (_, item) => item);
  const powersOf = { users: powers(mass.users, frequencyScaling), items: powers(mass.items, frequencyScaling) };
  if (loss === 'bpr') {
    throw new RecographError('CONFIG_INVALID', 'loss "bpr" draws negatives: leave sampling at "drawn".', {
      at: 'loss',
    });
  }
  return {
    count: users.length,
    batch: (examples) => {
      const chosen = examples.map((k) => users[k]!);
      const target = new Float32Array(chosen.length * columns);
      chosen.forEach((user, row) => {
        for (let k = offsets[user]!; k < offsets[user + 1]!; k++) target[row * columns + indices[k]!] = 1;
      });
      return {
        ...namedFeeds('user', lookupParts(network.user, chosen)),
        ...namedFeeds('item', lookupParts(network.item, everyItem)),
        target: { data: target, shape: [chosen.length, columns] },
        unobserved: { data: Float32Array.from(chosen, unobserved), shape: [chosen.length, 1] },
        userPowers: regularization > 0 ? Float32Array.from(chosen, (user) => powersOf.users[user]!) : undefined,
        itemPowers: regularization > 0 ? powersOf.items : undefined,
      };
    },
    loss: (inputs, pass) => {
      const { tf } = pass;
      const [userRows, itemRows] = [partsFrom('user', inputs), partsFrom('item', inputs)];
      const { target, unobserved } = inputs as { target: Tensor; unobserved: Tensor };
      const scores = network.cross(pass, network.side(pass, 'user', userRows), network.side(pass, 'item', itemRows));
      const weights = tf.add(tf.mul(target, tf.sub(1, unobserved)), unobserved);
      const mean = loss === 'bce' ? bce(tf, scores, target, weights) : tf.mul(0.5, mse(tf, scores, target, weights));
      /** The batch's users stand for all. */
      const scale = users.length / target.shape[0]!;
      const terms = [tf.mul(mean, target.size * scale)];
      if (regularization > 0) {
        const of = (rows: Parts<Tensor>, powers: Tensor, times: number): Tensor =>
          tf.mul((regularization / 2) * times, tf.sum(tf.mul(squaredNorms(tf, rows, true), powers)));
        terms.push(of(userRows, inputs.userPowers!, scale), of(itemRows, inputs.itemPowers!, 1));
      }
      const longest = longestRows(tf, config, userRows, itemRows);
      if (longest) terms.push(longest);
      return tf.div(
        terms.reduce((sum, term) => tf.add(sum, term)),
        mass.total,
      );
    },
  };
};
