import { gatherRows } from '../../data/index.ts';
import type { Csr, Dataset, Kernels, Matrix, Rng } from '../../spi/index.ts';
import { shuffled } from '../batches.ts';

const CUTOFF = 20;
/** So many users drawn once tell epochs apart; more would cost more than they say. */
const USERS = 3_000;

export interface ListValidation {
  /** Who is asked: users with positives in both parts. */
  readonly users: Int32Array;
  /**
   * Mean NDCG@20 of the held-out positives among all items but the trained ones, by dot product: `vectors` has a row
   * for each of `users`. Gain 1 / log2(1 + rank); the ideal list has min(20, held out) of them.
   */
  ndcg(vectors: Matrix, items: Matrix): Promise<number>;
}

/** What early stopping of a model of users' tastes watches; undefined where nobody can be asked. */
export const listValidation = (kernels: Kernels, trained: Csr, held: Dataset, rng: Rng): ListValidation | undefined => {
  const wanted = held.positives();
  const size = ({ offsets }: Csr, user: number): number => offsets[user + 1]! - offsets[user]!;
  const users = shuffled(trained.rows, rng)
    .filter((user) => size(trained, user) > 0 && size(wanted, user) > 0)
    .slice(0, USERS);
  if (users.length === 0) return undefined;
  const { offsets, indices: values } = gatherRows(trained, users);
  return {
    users,
    ndcg: async (vectors, items) => {
      const lists = await kernels.topK(vectors, items, CUTOFF, { exclude: { offsets, values } });
      let sum = 0;
      lists.forEach((list, q) => {
        const user = users[q]!;
        const relevant = new Set(wanted.indices.subarray(wanted.offsets[user]!, wanted.offsets[user + 1]!));
        let gain = 0;
        list.items.forEach((item, place) => {
          if (relevant.has(item)) gain += 1 / Math.log2(place + 2);
        });
        sum += gain / ideal(relevant.size);
      });
      return sum / users.length;
    },
  };
};

const ideal = (relevant: number): number => {
  let gain = 0;
  for (let place = 0; place < Math.min(CUTOFF, relevant); place++) gain += 1 / Math.log2(place + 2);
  return gain;
};
