import type { Capabilities, FittedModel, KernelMemory, Kernels, Matrix, QueryBatch, TensorRuntime } from 'recograph';
import { gatherRows, historyMatrix, knownRows } from 'recograph';
import { type BprRows, foldInBpr, scoreByDot } from 'recograph/math';
import { catalogueScan } from 'recograph/nn';
import type { BprConfig } from './config.ts';
import { printRows } from './histories.ts';
import { negativeWeights } from './negatives.ts';

const capabilities: Capabilities = {
  feedback: ['implicit'],
  coldUsers: ['history'],
  coldItems: false,
  sequential: false,
  context: false,
  calibrated: 'none',
};

export interface BprDeps {
  readonly kernels: Kernels;
  /** Absent = everything on the CPU. */
  readonly gpu: TensorRuntime | undefined;
}

export interface LearnedBpr {
  /** In shared memory. */
  readonly rows: BprRows;
  /** What each user had chosen when trained (`printRows`). */
  readonly prints: Uint32Array;
  /** How many users chose each item. */
  readonly counts: Uint32Array;
}

/** `memory` holds the rows and is released with the model. */
export const fittedBpr = (
  config: BprConfig,
  { kernels, gpu }: BprDeps,
  memory: KernelMemory,
  { rows, prints, counts }: LearnedBpr,
): FittedModel => {
  const { users, items, bias } = rows;
  const { columns } = users;
  const weights = negativeWeights(counts, config.negativeSkew);
  const scan = catalogueScan(kernels, gpu, items);
  const start = meanRow(users, prints, bias);

  const foldIn = async (queries: QueryBatch, changed: readonly number[], out: Float32Array): Promise<void> => {
    const scratch = kernels.memory();
    try {
      const folded = scratch.floats(changed.length * columns);
      changed.forEach((query, r) => {
        const trained = rowOf(users, prints, queries.users[query]!);
        folded.set(trained ?? start, r * columns);
      });
      await foldInBpr(kernels, {
        ...{ positives: gatherRows(historyMatrix(queries, items.rows), changed), items, bias, rows: folded },
        ...{ epochs: config.foldInEpochs, seeds: Uint32Array.from(changed, (query) => queries.seeds[query]!) },
        ...{ learningRate: config.learningRate, regularization: config.regularization, ...weights },
      });
      changed.forEach((query, r) => {
        out.set(folded.subarray(r * columns, (r + 1) * columns), query * columns);
      });
    } finally {
      scratch.release();
    }
  };

  /** A known user's trained row while the history is the trained one, or not given; otherwise folded in, or NaN. */
  const vectors = async (queries: QueryBatch): Promise<Matrix> => {
    const data = new Float32Array(queries.size * columns);
    const now = printRows(historyMatrix(queries, items.rows));
    const changed: number[] = [];
    for (let q = 0; q < queries.size; q++) {
      const user = queries.users[q]!;
      const trained = rowOf(users, prints, user);
      if (trained && (now[q] === 0 || now[q] === prints[user])) data.set(trained, q * columns);
      else if (now[q] !== 0) changed.push(q);
      else data.fill(Number.NaN, q * columns, (q + 1) * columns);
    }
    if (changed.length > 0) await foldIn(queries, changed, data);
    return { rows: queries.size, columns, data };
  };

  /** Vectors of the items that somebody chose. */
  let known: Matrix | undefined;
  return {
    capabilities,
    score: async (queries, candidates) => scoreByDot(kernels, await vectors(queries), items, candidates),
    recommend: async (queries, n, limits) => scan.topK(await vectors(queries), n, limits),
    itemVectors: () => {
      known ??= knownRows(items, (item) => counts[item]! > 0);
      return known;
    },
    userVectors: vectors,
    state: () => ({
      json: {},
      tensors: {
        users: { shape: [users.rows, columns], data: users.data.slice() },
        items: { shape: [items.rows, columns], data: items.data.slice() },
        prints: { shape: [prints.length], data: prints },
        counts: { shape: [counts.length], data: counts },
      },
    }),
    dispose: () => {
      scan.dispose();
      memory.release();
    },
  };
};

/** A user's row, if training saw a positive of the user. */
const rowOf = ({ columns, data }: Matrix, prints: Uint32Array, user: number): Float32Array | undefined =>
  user >= 0 && user < prints.length && prints[user] !== 0
    ? data.subarray(user * columns, (user + 1) * columns)
    : undefined;

/** Where the row of a user who came after training starts: the mean of the trained ones. */
const meanRow = ({ rows, columns, data }: Matrix, prints: Uint32Array, bias: number): Float32Array => {
  const sum = new Float64Array(columns);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    if (prints[row] === 0) continue;
    for (let f = 0; f < columns; f++) sum[f]! += data[row * columns + f]!;
    count++;
  }
  const mean = Float32Array.from(sum, (value) => (count === 0 ? 0 : value / count));
  mean[bias] = 1;
  return mean;
};
