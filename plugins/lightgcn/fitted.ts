import {
  type Capabilities,
  type Csr,
  type FittedModel,
  historyMatrix,
  type Kernels,
  knownRows,
  type Matrix,
  type QueryBatch,
} from 'recograph';
import { scoreByDot, sparseTimesDense } from 'recograph/math';
import type { NodeVectors } from './graph.ts';
import type { LightGcnConfig } from './index.ts';
import { raiseLengths } from './rows.ts';

const capabilities: Capabilities = {
  feedback: ['implicit'],
  coldUsers: ['history'],
  coldItems: false,
  sequential: false,
  context: false,
  calibrated: 'none',
};

/** Rows of `roundUp(factors)`, zeros behind. */
export interface LearnedGraph {
  /** Convolved vectors; NaN for a user without positives. */
  readonly users: Matrix;
  /** The share of each user's vector that does not depend on its history: e_u / (layers + 1). */
  readonly own: Matrix;
  /** Convolved vectors; softmax: their lengths raised to `lengthExponent`. */
  readonly items: Matrix;
  /** What a user of n items takes in from each of them, but for the factor 1 / sqrt(n). */
  readonly messages: Matrix;
}

/** Gives convolved vectors of items the lengths that their scores take in, in place; see `lengthExponent`. */
export const toScoredLengths = (items: Matrix, { loss, lengthExponent }: LightGcnConfig): void => {
  if (loss === 'softmax') raiseLengths(items, lengthExponent);
};

export const learnedFrom = (
  config: LightGcnConfig,
  positives: Csr,
  usersBefore: Matrix,
  convolved: NodeVectors,
  sums: Matrix,
): LearnedGraph => {
  const copy = ({ data, ...shape }: Matrix): Matrix => ({ ...shape, data: data.slice() });
  const [users, items, messages, own] = [convolved.users, convolved.items, sums, usersBefore].map(copy) as [
    Matrix,
    Matrix,
    Matrix,
    Matrix,
  ];
  const degrees = new Float64Array(positives.columns);
  for (const item of positives.indices) degrees[item]! += 1;
  const { columns } = users;
  for (let k = 0; k < messages.data.length; k++) {
    const degree = degrees[Math.floor(k / columns)]!;
    messages.data[k] = degree === 0 ? 0 : messages.data[k]! / (Math.sqrt(degree) * (config.layers + 1));
  }
  for (let user = 0; user < users.rows; user++) {
    const known = positives.offsets[user + 1]! > positives.offsets[user]!;
    for (let k = user * columns; k < (user + 1) * columns; k++) {
      own.data[k] = known ? own.data[k]! / (config.layers + 1) : 0;
      if (!known) users.data[k] = Number.NaN;
    }
  }
  toScoredLengths(items, config);
  return { users, own, items, messages };
};

/**
 * A user's vector is taken from the history that the query brings: e_u / (layers + 1), 0 for a stranger, and what
 * reaches a node with these neighbours. With the trained history that is the trained vector; without any, a known
 * user has the trained vector and a stranger none.
 */
export const fittedLightGcn = (kernels: Kernels, learned: LearnedGraph): FittedModel => {
  const memory = kernels.memory();
  const shared = ({ data, ...shape }: Matrix): Matrix => ({ ...shape, data: memory.share(data) });
  const items = shared(learned.items);
  const messages = shared(learned.messages);
  const { columns } = items;
  const { users, own } = learned;

  const vectors = async (queries: QueryBatch): Promise<Matrix> => {
    const history = historyMatrix(queries, items.rows);
    const size = (query: number): number => history.offsets[query + 1]! - history.offsets[query]!;
    const values = new Float32Array(history.indices.length);
    for (let q = 0; q < queries.size; q++) {
      values.fill(1 / Math.sqrt(size(q)), history.offsets[q], history.offsets[q + 1]);
    }
    const scratch = kernels.memory();
    try {
      const sums = scratch.floats(queries.size * columns);
      await sparseTimesDense(kernels, { ...history, values }, messages, sums);
      const data = sums.slice();
      for (let q = 0; q < queries.size; q++) {
        const user = queries.users[q]!;
        const known = user >= 0 && user < users.rows;
        const from = size(q) > 0 ? own : users;
        for (let c = 0; c < columns; c++) {
          const base = known ? from.data[user * columns + c]! : size(q) > 0 ? 0 : Number.NaN;
          data[q * columns + c]! += base;
        }
      }
      return { rows: queries.size, columns, data };
    } finally {
      scratch.release();
    }
  };
  /** Vectors of the items that have neighbours in the graph: the others have no messages. */
  let known: Matrix | undefined;
  return {
    capabilities,
    score: async (queries, candidates) => scoreByDot(kernels, await vectors(queries), items, candidates),
    recommend: async (queries, n, limits) => kernels.topK(await vectors(queries), items, n, limits),
    itemVectors: () => {
      known ??= knownRows(items, (item) => !isZero(messages, item));
      return known;
    },
    userVectors: vectors,
    state: () => ({
      json: {},
      tensors: Object.fromEntries(
        Object.entries({ users, own, items, messages }).map(([name, { rows, columns, data }]) => [
          name,
          { shape: [rows, columns], data: data.slice() },
        ]),
      ),
    }),
    dispose: () => memory.release(),
  };
};

const isZero = ({ columns, data }: Matrix, row: number): boolean => {
  for (let k = row * columns; k < (row + 1) * columns; k++) if (data[k] !== 0) return false;
  return true;
};
