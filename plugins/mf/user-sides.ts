import type { Matrix, QueryBatch } from 'recograph';
import { userSums } from './attributes.ts';
import type { Factors } from './factors.ts';
import { createFoldIn } from './fold-in.ts';
import { addImplied, impliedByHistory } from './implied.ts';

/** A score is `offsets[q] + vectors[q] . [item vector, item bias]`; NaN where nothing is known of a user. */
export interface UserSides {
  /** [queries x (factors + 1)], the last column 1. */
  readonly vectors: Matrix;
  /** Mean and user bias. */
  readonly offsets: Float32Array;
}

/**
 * A user of the training data as learned; whoever is unknown, or did something since, by folding the history in, starting
 * from what attributes and (SVD++) the items of the history say; without a usable history by that start alone.
 */
export const createUserSides = (factors: Factors): ((queries: QueryBatch) => UserSides) => {
  const { items, implied, attributes, mean } = factors;
  const { columns } = items;
  const width = columns + 1;
  const foldIn = createFoldIn(factors);

  return (queries) => {
    const { histories } = queries;
    const sums = attributes && userSums(attributes, queries);
    const startOf = (q: number): Float64Array | undefined => {
      const start = new Float64Array(width);
      if (sums) {
        start.set(sums.vectors.data.subarray(q * columns, (q + 1) * columns));
        start[columns] = sums.linear[q]!;
      }
      const taken = implied ? impliedByHistory(histories, q, implied.rows) : new Int32Array(0);
      if (implied && taken.length > 0) addImplied(implied, taken, start);
      return sums || taken.length > 0 ? start : undefined;
    };
    /** [user vector, user bias]. */
    const ownOf = (q: number): Float64Array | undefined => {
      const stored = storedSide(factors, queries.users[q]!);
      if (stored && !isNewer(queries, q, factors.until)) return stored;
      const start = startOf(q);
      return foldIn(histories, q, start) ?? stored ?? start;
    };

    const vectors: Matrix = { rows: queries.size, columns: width, data: new Float32Array(queries.size * width) };
    const offsets = new Float32Array(queries.size);
    for (let q = 0; q < queries.size; q++) {
      const own = ownOf(q);
      const row = vectors.data.subarray(q * width, (q + 1) * width);
      if (own) row.set(own);
      else row.fill(Number.NaN);
      row[columns] = own ? 1 : Number.NaN;
      offsets[q] = own ? mean + own[columns]! : Number.NaN;
    }
    return { vectors, offsets };
  };
};

/** [user vector, user bias] of a user of the training data; undefined for others. */
const storedSide = ({ users, userBias }: Factors, user: number): Float64Array | undefined => {
  if (user < 0 || user >= users.rows) return undefined;
  const side = new Float64Array(users.columns + 1);
  side.set(users.data.subarray(user * users.columns, (user + 1) * users.columns));
  side[users.columns] = userBias[user]!;
  return side.some((value) => value !== 0) ? side : undefined;
};

/** Whether the query's history goes on after what the model was trained on. */
const isNewer = ({ histories }: QueryBatch, query: number, until: number): boolean => {
  const end = histories.offsets[query + 1]!;
  return end > histories.offsets[query]! && histories.times[end - 1]! > until;
};
