import {
  type ItemList,
  type KernelMemory,
  type Kernels,
  type Limits,
  type Matrix,
  type Ragged,
  RecographError,
} from '../spi/index.ts';
import { topK } from './top-k.ts';

/** Multiplications that one task should take at most: a few ms. */
const TASK_WORK = 40_000_000;
const QUERY_BLOCK = 32;
/** From so many queries on it pays to sort the items by norm: then a query can stop at those that are too short. */
const SORT_FROM = 64;

/** See `Kernels.topK`. */
export const topKByDot = async (
  kernels: Kernels,
  queries: Matrix,
  items: Matrix,
  n: number,
  limits: Limits,
): Promise<readonly ItemList[]> => {
  sameWidth(queries, items);
  const count = queries.rows;
  const capacity = Math.min(n, items.rows);
  if (count === 0 || capacity <= 0) return Array.from({ length: count }, emptyList);
  const queryBlock = Math.min(QUERY_BLOCK, count);
  const perTask = Math.ceil(TASK_WORK / (queryBlock * Math.max(1, items.columns)) / 32) * 32;
  const segment = Math.min(Math.ceil(items.rows / 32) * 32, Math.max(4096, Math.min(65_536, perTask)));
  const segments = Math.ceil(items.rows / segment);
  const memory = kernels.memory();
  try {
    const out = listsOf(memory, segments * count, capacity);
    const sorted = segments === 1 && count >= SORT_FROM ? byNorm(memory, items) : undefined;
    await kernels.run('scan', {
      tasks: segments * Math.ceil(count / queryBlock),
      scratch: 64 + queryBlock * (4 + (segment >> 3)),
      work: count * items.rows * items.columns,
      args: [
        memory.share(queries.data),
        count,
        sorted?.data ?? memory.share(items.data),
        items.rows,
        items.columns,
        capacity,
        queryBlock,
        segment,
        sorted?.order ?? 0,
        sorted?.norms ?? 0,
        sorted ? memory.share(normsOf(queries)) : 0,
        ...limitArgs(memory, limits, items.rows),
        out.scores,
        out.items,
        out.sizes,
      ],
    });
    return merge(out, count, segments, capacity);
  } finally {
    memory.release();
  }
};

/** The n best of each row of `scores` [queries x items]; limits, NaN and ties as in `Kernels.topK`. */
export const topKByScore = async (
  kernels: Kernels,
  scores: Matrix,
  n: number,
  limits: Limits,
): Promise<readonly ItemList[]> => {
  const capacity = Math.min(n, scores.columns);
  if (scores.rows === 0 || capacity <= 0) return Array.from({ length: scores.rows }, emptyList);
  const memory = kernels.memory();
  try {
    const out = listsOf(memory, scores.rows, capacity);
    await kernels.run('scanScores', {
      tasks: scores.rows,
      grain: Math.max(1, Math.floor(TASK_WORK / 16 / scores.columns)),
      scratch: 128 + ((scores.columns + 31) >> 5) * 4,
      work: scores.rows * scores.columns * 4,
      args: [
        memory.share(scores.data),
        scores.columns,
        capacity,
        ...limitArgs(memory, limits, scores.columns),
        out.scores,
        out.items,
        out.sizes,
      ],
    });
    return merge(out, scores.rows, 1, capacity);
  } finally {
    memory.release();
  }
};

/** The same candidates for every query, or each query's own. Indices outside the items score NaN. */
export type Candidates =
  | { readonly kind: 'shared'; readonly indices: Int32Array }
  | { readonly kind: 'ragged'; readonly offsets: Uint32Array; readonly indices: Int32Array };

/**
 * Dot products: [queries x indices.length] row-major, or one a candidate. A pair's score is the same to the last bit
 * as in `topK`, whatever stands beside it.
 */
export const scoreByDot = async (
  kernels: Kernels,
  queries: Matrix,
  items: Matrix,
  candidates: Candidates,
): Promise<Float32Array> => {
  sameWidth(queries, items);
  const shared = candidates.kind === 'shared' ? candidates.indices.length : 0;
  const pairs = candidates.kind === 'shared' ? shared * queries.rows : candidates.indices.length;
  if (pairs === 0) return new Float32Array(0);
  const memory = kernels.memory();
  try {
    const out = memory.floats(pairs);
    await kernels.run('scorePairs', {
      tasks: queries.rows,
      grain: Math.max(1, Math.floor((TASK_WORK / 16 / (pairs * items.columns)) * queries.rows)),
      work: pairs * items.columns,
      args: [
        memory.share(queries.data),
        memory.share(items.data),
        items.rows,
        items.columns,
        candidates.kind === 'shared' ? 0 : memory.share(candidates.offsets),
        shared,
        memory.share(candidates.indices),
        out,
      ],
    });
    return new Float32Array(out);
  } finally {
    memory.release();
  }
};

const sameWidth = (queries: Matrix, items: Matrix): void => {
  if (queries.columns !== items.columns) {
    throw new RecographError(
      'INVALID_ARGUMENT',
      `Queries have ${queries.columns} columns, items ${items.columns}; a dot product needs as many of both.`,
    );
  }
};

const emptyList = (): ItemList => ({ items: new Int32Array(0), scores: new Float32Array(0) });

const normsOf = (matrix: Matrix): Float32Array => {
  const norms = new Float32Array(matrix.rows);
  for (let r = 0; r < matrix.rows; r++) {
    let squares = 0;
    for (let k = r * matrix.columns; k < (r + 1) * matrix.columns; k++) squares += matrix.data[k]! * matrix.data[k]!;
    norms[r] = Math.sqrt(squares);
  }
  return norms;
};

/** The items in order of falling norm (NaN first). The lists do not change by it: ties are decided by item. */
const byNorm = (memory: KernelMemory, items: Matrix) => {
  const found = normsOf(items).map((norm) => (Number.isNaN(norm) ? Number.POSITIVE_INFINITY : norm));
  const order = memory.ints(items.rows);
  for (let i = 0; i < items.rows; i++) order[i] = i;
  order.sort((a, b) => (found[a]! === found[b]! ? a - b : found[b]! - found[a]!));
  const data = memory.floats(items.data.length);
  const norms = memory.floats(items.rows);
  order.forEach((item, place) => {
    data.set(items.data.subarray(item * items.columns, (item + 1) * items.columns), place * items.columns);
    norms[place] = found[item]!;
  });
  return { data, order, norms };
};

interface Lists {
  readonly scores: Float32Array;
  readonly items: Int32Array;
  readonly sizes: Int32Array;
}

const listsOf = (memory: KernelMemory, lists: number, capacity: number): Lists => ({
  scores: memory.floats(lists * capacity),
  items: memory.ints(lists * capacity),
  sizes: memory.ints(lists),
});

const limitArgs = (memory: KernelMemory, limits: Limits, itemCount: number) => {
  const exclude: Ragged = limits.exclude;
  let allow: Uint32Array | 0 = 0;
  if (limits.allow) {
    // Items behind the bitmap's end are not allowed; bits behind the last item are never looked at.
    const padded = memory.uints(((itemCount + 31) >> 5) + 1);
    padded.set(limits.allow.words.subarray(0, padded.length));
    const { size } = limits.allow;
    if (size < itemCount) {
      if (size & 31) padded[size >> 5]! &= (1 << (size & 31)) - 1;
      padded.fill(0, (size + 31) >> 5);
    }
    allow = padded;
  }
  return [memory.share(exclude.offsets), memory.share(exclude.values), allow] as const;
};

/** Lists of one segment each, or the best of several segments' lists, copied out of the shared memory. */
const merge = (out: Lists, count: number, segments: number, capacity: number): ItemList[] => {
  if (segments === 1) {
    const items = new Int32Array(out.items);
    const scores = new Float32Array(out.scores);
    return Array.from({ length: count }, (_, q) => {
      const from = q * capacity;
      const to = from + out.sizes[q]!;
      return { items: items.subarray(from, to), scores: scores.subarray(from, to) };
    });
  }
  const items = new Int32Array(segments * capacity);
  const scores = new Float32Array(segments * capacity);
  return Array.from({ length: count }, (_, q) => {
    let size = 0;
    for (let s = 0; s < segments; s++) {
      const from = (s * count + q) * capacity;
      const to = from + out.sizes[s * count + q]!;
      items.set(out.items.subarray(from, to), size);
      scores.set(out.scores.subarray(from, to), size);
      size += to - from;
    }
    return topK(scores.subarray(0, size), capacity, items);
  });
};
