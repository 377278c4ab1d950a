import {
  type Capabilities,
  type FittedModel,
  type ItemSet,
  knownRows,
  type Matrix,
  type QueryBatch,
  type TensorRuntime,
} from 'recograph';
import { dotScores } from 'recograph/math';
import { hasFeatures } from 'recograph/nn';
import { itemSums } from './attributes.ts';
import { type Factors, stateOf } from './factors.ts';
import { createUserSides } from './user-sides.ts';

/** How many queries are scored at once: bounds the memory of [queries x items]. */
const QUERIES_AT_ONCE = 256;

export const fittedMf = (factors: Factors, runtime: TensorRuntime): FittedModel => {
  const { items, itemBias, explicit, attributes, known } = factors;
  const width = items.columns + 1;
  const usersOf = createUserSides(factors);
  /** [items x (factors + 1)]: item vector, item bias; its partner is [user vector, 1]. */
  const itemSide: Matrix = { rows: items.rows, columns: width, data: new Float32Array(items.rows * width) };
  for (let item = 0; item < items.rows; item++) {
    itemSide.data.set(items.data.subarray(item * items.columns, (item + 1) * items.columns), item * width);
    itemSide.data[item * width + items.columns] = itemBias[item]!;
  }

  const capabilities: Capabilities = {
    feedback: explicit ? ['explicit'] : ['implicit'],
    coldUsers: attributes && hasFeatures(attributes.layout, 'user') ? ['history', 'attributes'] : ['history'],
    coldItems: attributes !== undefined && hasFeatures(attributes.layout, 'item'),
    sequential: false,
    context: false,
    calibrated: explicit ? 'value' : 'none',
  };

  /** Item sides row for row: as learned, else by attributes; NaN where nothing is known of an item. */
  const sidesOf = (set: ItemSet): Matrix => {
    const { indices } = set;
    const isKnown = (item: number): boolean => item >= 0 && item < items.rows;
    const sums = attributes && !indices.every(isKnown) ? itemSums(attributes, set) : undefined;
    const sides = { rows: indices.length, columns: width, data: new Float32Array(indices.length * width) };
    for (const [k, item] of indices.entries()) {
      const row = sides.data.subarray(k * width, (k + 1) * width);
      if (isKnown(item)) row.set(itemSide.data.subarray(item * width, (item + 1) * width));
      else if (sums) {
        row.set(sums.vectors.data.subarray(k * items.columns, (k + 1) * items.columns));
        row[items.columns] = sums.linear[k]!;
      } else row.fill(Number.NaN);
    }
    return sides;
  };

  const scoreShared = async (queries: QueryBatch, candidates: Matrix): Promise<Float32Array> => {
    const { vectors, offsets } = usersOf(queries);
    const scores = new Float32Array(queries.size * candidates.rows);
    const { tf } = runtime;
    for (let from = 0; from < queries.size; from += QUERIES_AT_ONCE) {
      const to = Math.min(queries.size, from + QUERIES_AT_ONCE);
      const product = runtime.scope(() => {
        const users = tf.tensor2d(vectors.data.subarray(from * width, to * width), [to - from, width]);
        const items = tf.tensor2d(candidates.data, [candidates.rows, width]);
        return tf.add(tf.matMul(users, items, false, true), tf.tensor2d(offsets.subarray(from, to), [to - from, 1]));
      });
      scores.set(await product.data<'float32'>(), from * candidates.rows);
      product.dispose();
    }
    return scores;
  };

  let vectors: Matrix | undefined;
  return {
    capabilities,
    score: async (queries, set) => {
      if (queries.size * set.indices.length === 0) return new Float32Array(0);
      const candidates = sidesOf(set);
      if (set.kind === 'shared') return scoreShared(queries, candidates);
      const { vectors, offsets } = usersOf(queries);
      const scores = dotScores(vectors, set, candidates);
      for (let q = 0; q < queries.size; q++) {
        for (let k = set.offsets[q]!; k < set.offsets[q + 1]!; k++) scores[k]! += offsets[q]!;
      }
      return scores;
    },
    itemVectors: () => {
      vectors ??= knownRows(itemSide, (item) => known[item] === 1 || capabilities.coldItems);
      return vectors;
    },
    userVectors: async (queries) => usersOf(queries).vectors,
    state: () => stateOf(factors),
  };
};
