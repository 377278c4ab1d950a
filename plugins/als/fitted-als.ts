import type {
  Capabilities,
  FittedModel,
  KernelMemory,
  Kernels,
  Limits,
  Matrix,
  QueryBatch,
  TensorRuntime,
} from 'recograph';
import { knownRows } from 'recograph';
import { roundUp, scoreByDot, sweepAls } from 'recograph/math';
import { catalogueScan } from 'recograph/nn';
import type { AlsConfig } from './index.ts';
import { eventsOf, mergeRows, printRows } from './observations.ts';
import { penaltiesOf } from './penalties.ts';
import { pack } from './rows.ts';

export interface AlsDeps {
  readonly kernels: Kernels;
  /** Absent = everything on the CPU. */
  readonly gpu: TensorRuntime | undefined;
}

export interface AlsFactors {
  readonly userCount: number;
  readonly itemCount: number;
  /** Rows of `roundUp(factors)` in shared memory. */
  readonly users: Float32Array;
  readonly items: Float32Array;
  /** What each user had done when trained (`printRows`). */
  readonly prints: Uint32Array;
  /** explicit: what scores are relative to. */
  readonly mean: number;
  /** implicit: unobservedWeight * items'items, [width x width] in shared memory. */
  readonly gram: Float32Array | undefined;
}

/** `memory` holds the factors, and is released with the model. */
export const createFitted = (
  config: AlsConfig,
  { kernels, gpu }: AlsDeps,
  memory: KernelMemory,
  fitted: AlsFactors,
): FittedModel => {
  const { feedback, factors } = config;
  const { userCount, itemCount, users, items, prints, mean, gram } = fitted;
  const implicit = feedback === 'implicit';
  const width = roundUp(factors);
  const itemRows: Matrix = { rows: itemCount, columns: width, data: items };
  const scan = catalogueScan(kernels, gpu, itemRows);
  const capabilities: Capabilities = {
    feedback: [feedback],
    coldUsers: ['history'],
    coldItems: false,
    sequential: false,
    context: false,
    calibrated: implicit ? 'none' : 'value',
  };

  /** The closed-form user vectors of these queries' histories, written into their rows of `out`. */
  const foldIn = async (queries: QueryBatch, rows: readonly number[], out: Float32Array): Promise<void> => {
    const observed = mergeRows(itemCount, eventsOf(queries.histories, feedback), feedback, rows);
    const scratch = kernels.memory();
    try {
      const values = scratch.share(implicit ? observed.values : observed.values.map((value) => value - mean));
      const x = scratch.floats(rows.length * width);
      await sweepAls(kernels, {
        side: {
          offsets: scratch.share(observed.offsets),
          indices: scratch.share(observed.indices),
          ...(implicit ? { weights: values } : { targets: values }),
          regularization: scratch.share(penaltiesOf(config, observed.offsets, itemCount)),
        },
        x,
        y: items,
        ...(gram && { gram }),
        width,
        steps: 0,
        losses: scratch.doubles(rows.length),
      });
      for (let r = 0; r < rows.length; r++) out.set(x.subarray(r * width, (r + 1) * width), rows[r]! * width);
    } finally {
      scratch.release();
    }
  };

  /**
   * Rows of `width` in `target`. A known user has the trained vector as long as the history is the trained one, or
   * not given; any other history is folded in; NaN where there is neither.
   */
  const vectors = async (queries: QueryBatch, target: KernelMemory): Promise<Matrix> => {
    const data = target.floats(queries.size * width);
    const now = printRows(itemCount, eventsOf(queries.histories, feedback), feedback);
    const changed: number[] = [];
    for (let q = 0; q < queries.size; q++) {
      const user = queries.users[q]!;
      const trained = user >= 0 && user < userCount ? prints[user]! : 0;
      const unchanged = trained !== 0 && (now[q] === 0 || now[q] === trained);
      if (unchanged) data.set(users.subarray(user * width, (user + 1) * width), q * width);
      else if (now[q] !== 0) changed.push(q);
      else data.fill(Number.NaN, q * width, (q + 1) * width);
    }
    if (changed.length > 0) await foldIn(queries, changed, data);
    return { rows: queries.size, columns: width, data };
  };

  const withVectors = async <T>(queries: QueryBatch, use: (rows: Matrix) => Promise<T>): Promise<T> => {
    const scratch = kernels.memory();
    try {
      return await use(await vectors(queries, scratch));
    } finally {
      scratch.release();
    }
  };
  const addMean = (scores: Float32Array): Float32Array => {
    if (mean !== 0) for (let k = 0; k < scores.length; k++) scores[k]! += mean;
    return scores;
  };
  let packed: Matrix | undefined;
  /** The solution for an item without observations is the zero vector. */
  const hasFactors = (item: number): boolean => {
    for (let k = item * width; k < (item + 1) * width; k++) if (items[k] !== 0) return true;
    return false;
  };

  return {
    capabilities,
    score: (queries, candidates) =>
      withVectors(queries, async (rows) => addMean(await scoreByDot(kernels, rows, itemRows, candidates))),
    recommend: (queries, n, limits: Limits) =>
      withVectors(queries, async (rows) => {
        const lists = await scan.topK(rows, n, limits);
        for (const list of lists) addMean(list.scores);
        return lists;
      }),
    itemVectors: () => {
      packed ??= knownRows(
        { rows: itemCount, columns: factors, data: width === factors ? items : pack(items, factors, width) },
        hasFactors,
      );
      return packed;
    },
    userVectors: (queries) =>
      withVectors(queries, async ({ rows, data }) => ({ rows, columns: factors, data: pack(data, factors, width) })),
    state: () => ({
      json: { mean, unobservedWeight: config.unobservedWeight },
      tensors: {
        users: { shape: [userCount, factors], data: pack(users, factors, width) },
        items: { shape: [itemCount, factors], data: pack(items, factors, width) },
        prints: { shape: [userCount], data: prints },
        ...(gram && { gram: { shape: [width, width], data: gram.slice() } }),
      },
    }),
    dispose: () => {
      scan.dispose();
      memory.release();
    },
  };
};
