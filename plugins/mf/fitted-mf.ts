import {
  type Capabilities,
  type FittedModel,
  type Matrix,
  type QueryBatch,
  scoreRows,
  type TensorRuntime,
} from 'recograph';
import { type Factors, stateOf } from './factors.ts';
import { createFoldIn } from './fold-in.ts';

/** How many queries are scored at once: bounds the memory of [queries x items]. */
const QUERIES_AT_ONCE = 256;

export const fittedMf = (factors: Factors, runtime: TensorRuntime): FittedModel => {
  const { items, explicit } = factors;
  const width = items.columns + 1;
  const foldIn = createFoldIn(factors);
  /** [items x (factors + 1)]: item vector, item bias; its partner is [user vector, 1]. */
  const itemSide: Matrix = { rows: items.rows, columns: width, data: new Float32Array(items.rows * width) };
  for (let item = 0; item < items.rows; item++) {
    itemSide.data.set(items.data.subarray(item * items.columns, (item + 1) * items.columns), item * width);
    itemSide.data[item * width + items.columns] = factors.itemBias[item]!;
  }

  const capabilities: Capabilities = {
    feedback: explicit ? ['explicit'] : ['implicit'],
    coldUsers: ['history'],
    coldItems: false,
    sequential: false,
    context: false,
    calibrated: explicit ? 'value' : 'none',
  };

  /** User sides [queries x (factors + 1)] and offsets; NaN where nothing is known of a user. */
  const usersOf = (queries: QueryBatch) => {
    const vectors: Matrix = { rows: queries.size, columns: width, data: new Float32Array(queries.size * width) };
    const offsets = new Float32Array(queries.size);
    for (let q = 0; q < queries.size; q++) {
      const row = vectors.data.subarray(q * width, (q + 1) * width);
      row[width - 1] = 1;
      const user = queries.users[q]!;
      const stored = isTrained(factors, user);
      const folded = stored && !isNewer(queries, q, factors.until) ? undefined : foldIn(queries.histories, q);
      if (folded) {
        row.set(folded.vector);
        offsets[q] = folded.offset;
      } else if (stored) {
        row.set(factors.users.data.subarray(user * items.columns, (user + 1) * items.columns));
        offsets[q] = factors.mean + factors.userBias[user]!;
      } else {
        row.fill(Number.NaN);
        offsets[q] = Number.NaN;
      }
    }
    return { vectors, offsets };
  };

  const scoreShared = async (queries: QueryBatch, indices: Int32Array): Promise<Float32Array> => {
    const { vectors, offsets } = usersOf(queries);
    const candidates = rowsOf(itemSide, indices);
    const scores = new Float32Array(queries.size * indices.length);
    const { tf } = runtime;
    for (let from = 0; from < queries.size; from += QUERIES_AT_ONCE) {
      const to = Math.min(queries.size, from + QUERIES_AT_ONCE);
      const product = runtime.scope(() => {
        const users = tf.tensor2d(vectors.data.subarray(from * width, to * width), [to - from, width]);
        const items = tf.tensor2d(candidates, [indices.length, width]);
        return tf.add(tf.matMul(users, items, false, true), tf.tensor2d(offsets.subarray(from, to), [to - from, 1]));
      });
      scores.set(await product.data<'float32'>(), from * indices.length);
      product.dispose();
    }
    return scores;
  };

  return {
    capabilities,
    score: async (queries, items) => {
      if (items.kind === 'shared') {
        return queries.size * items.indices.length === 0 ? new Float32Array(0) : scoreShared(queries, items.indices);
      }
      const { vectors, offsets } = usersOf(queries);
      return scoreRows(queries, items, (query, indices, scores) => {
        for (let k = 0; k < indices.length; k++) {
          const from = indices[k]! * width;
          if (indices[k]! < 0 || indices[k]! >= itemSide.rows) scores[k] = Number.NaN;
          else {
            let sum = offsets[query]!;
            for (let c = 0; c < width; c++) sum += vectors.data[query * width + c]! * itemSide.data[from + c]!;
            scores[k] = sum;
          }
        }
      });
    },
    itemVectors: () => itemSide,
    userVectors: async (queries) => usersOf(queries).vectors,
    state: () => stateOf(factors),
  };
};

/** Rows of a matrix; NaN for a row that it does not have. */
const rowsOf = (matrix: Matrix, indices: Int32Array): Float32Array => {
  const { rows, columns, data } = matrix;
  const result = new Float32Array(indices.length * columns);
  for (let k = 0; k < indices.length; k++) {
    const row = indices[k]!;
    if (row < 0 || row >= rows) result.fill(Number.NaN, k * columns, (k + 1) * columns);
    else result.set(data.subarray(row * columns, (row + 1) * columns), k * columns);
  }
  return result;
};

const isTrained = ({ users, userBias }: Factors, user: number): boolean => {
  if (user < 0 || user >= users.rows) return false;
  if (userBias[user] !== 0) return true;
  return users.data.subarray(user * users.columns, (user + 1) * users.columns).some((value) => value !== 0);
};

/** Whether the query's history goes on after what the model was trained on. */
const isNewer = (queries: QueryBatch, query: number, until: number): boolean => {
  const end = queries.histories.offsets[query + 1]!;
  return end > queries.histories.offsets[query]! && queries.histories.times[end - 1]! > until;
};
