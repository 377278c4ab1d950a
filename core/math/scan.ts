import {
  type ItemList,
  type KernelMemory,
  type Kernels,
  type Limits,
  type Matrix,
  type Ragged,
  RecographError,
} from '../spi/index.ts';
import { gramInto, roundUp } from './gram.ts';
import { type Directions, leadingDirections } from './leading-directions.ts';
import { topK } from './top-k.ts';

/** Multiplications that one task should take at most: a few ms. */
const TASK_WORK = 40_000_000;
const QUERY_BLOCK = 32;
/** From so many queries on it pays to round the items first (`scanRounded`), unless a task would take too long. */
const ROUND_FROM = 64;
const ROUNDED_TASK_WORK = 8 * TASK_WORK;
/** A norm's 32 bits and a place below this make a safe integer. */
const PLACES = 2 ** 21;

/** Whether lists of this length are gathered as keys: shorter ones want a tight threshold, longer ones too much memory. */
const isGathered = (capacity: number): boolean => capacity >= 48 && capacity <= 4096;
const keyBytes = (capacity: number): number => (isGathered(capacity) ? 16 * capacity : 0);

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
  const small = items.columns > 0 && items.columns <= 512 && items.rows < PLACES;
  const rounds = small && count >= ROUND_FROM && QUERY_BLOCK * items.data.length <= ROUNDED_TASK_WORK;
  const memory = kernels.memory();
  try {
    const shared = {
      queries: { ...queries, data: memory.share(queries.data) },
      items: { ...items, data: memory.share(items.data) },
    };
    const search = { kernels, memory, ...shared, capacity, limits: limitArgs(memory, limits, items.rows) };
    return await (rounds ? searchRounded(search) : searchPlain(search));
  } finally {
    memory.release();
  }
};

/** Everything in shared memory. */
interface Search {
  readonly kernels: Kernels;
  readonly memory: KernelMemory;
  readonly queries: Matrix;
  readonly items: Matrix;
  readonly capacity: number;
  readonly limits: ReturnType<typeof limitArgs>;
}

const searchPlain = async ({ kernels, memory, queries, items, capacity, limits }: Search): Promise<ItemList[]> => {
  const count = queries.rows;
  const queryBlock = Math.min(QUERY_BLOCK, count);
  const perTask = Math.ceil(TASK_WORK / (queryBlock * Math.max(1, items.columns)) / 32) * 32;
  const segment = Math.min(Math.ceil(items.rows / 32) * 32, Math.max(4096, Math.min(65_536, perTask)));
  const segments = Math.ceil(items.rows / segment);
  const out = listsOf(memory, segments * count, capacity);
  await kernels.run('scan', {
    tasks: segments * Math.ceil(count / queryBlock),
    scratch: 128 + queryBlock * (4 + (segment >> 3) + keyBytes(capacity)),
    work: count * items.rows * items.columns,
    args: [
      ...[queries.data, count, items.data, items.rows, items.columns],
      ...[capacity, queryBlock, segment, ...limits],
      ...[out.scores, out.items, out.sizes, Number(isGathered(capacity))],
    ],
  });
  return merge(out, count, segments, capacity);
};

const searchRounded = async (search: Search): Promise<ItemList[]> => {
  const { kernels, memory, queries, items, capacity, limits } = search;
  const { rows, columns } = items;
  const queryNorms = await normsOf(search, queries);
  const itemNorms = await normsOf(search, items);
  const directions = await directionsOf(search, itemNorms);
  const shared = memory.share(directions.data);
  const places = Math.ceil(rows / 8) * 8;
  const { order, ranks, norms } = byNorm(memory, itemNorms, places);
  const rounded = memory.ints((places * directions.count) / 2);
  const tails = memory.floats(places);
  const out = listsOf(memory, queries.rows, capacity);
  await kernels.run('roundItems', {
    tasks: places / 8,
    grain: 16,
    work: items.data.length * directions.count,
    args: [items.data, rows, columns, order, norms, shared, directions.count, rounded, tails],
  });
  await kernels.run('scanRounded', {
    tasks: Math.ceil(queries.rows / QUERY_BLOCK),
    scratch: 1088 + QUERY_BLOCK * (2 * directions.count + 16 + Math.ceil(places / 32) * 4),
    work: (queries.rows * items.data.length) / 8,
    args: [
      ...[queries.data, queries.rows, queryNorms, items.data, rows, columns],
      ...[capacity, QUERY_BLOCK, order, ranks, norms, shared, directions.count, rounded, tails, ...limits],
      ...[out.scores, out.items, out.sizes],
    ],
  });
  return merge(out, queries.rows, 1, capacity);
};

const normsOf = async ({ kernels, memory }: Search, { data, rows, columns }: Matrix): Promise<Float32Array> => {
  const norms = memory.floats(rows);
  await kernels.run('rowNorms', { tasks: rows, grain: 256, work: data.length, args: [data, columns, norms] });
  return norms;
};

/** Items that the directions are found on; any directions give the same lists. */
const SAMPLE = 2048;
const SHARE = 0.9;

const directionsOf = async ({ kernels, memory, items }: Search, norms: Float32Array): Promise<Directions> => {
  const width = items.columns;
  const padded = roundUp(width);
  const step = Math.ceil(items.rows / SAMPLE);
  const sample = memory.floats(Math.ceil(items.rows / step) * padded);
  let longest = 0;
  for (let row = 0; row < norms.length; row++) {
    if (norms[row]! > longest && norms[row] !== Number.POSITIVE_INFINITY) longest = norms[row]!;
  }
  for (let row = 0, at = 0; row < items.rows; row += step) {
    if (norms[row] === Number.POSITIVE_INFINITY) continue;
    for (let k = 0; k < width; k++) sample[at + k] = items.data[row * width + k]! / longest;
    at += padded;
  }
  const out = memory.floats(padded * padded);
  await gramInto(kernels, { rows: sample.length / padded, columns: padded, data: sample }, 1, out);
  const gram = new Float64Array(width * width);
  for (let r = 0; r < width; r++) gram.set(out.subarray(r * padded, r * padded + width), r * width);
  return leadingDirections(gram, width, SHARE);
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
      scratch: 192 + ((scores.columns + 31) >> 5) * 4 + keyBytes(capacity),
      work: scores.rows * scores.columns * 4,
      args: [
        memory.share(scores.data),
        scores.columns,
        capacity,
        ...limitArgs(memory, limits, scores.columns),
        out.scores,
        out.items,
        out.sizes,
        Number(isGathered(capacity)),
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

/** Items in order of falling norm, what stands at which place and the other way round; zeros up to `places`. */
const byNorm = (memory: KernelMemory, itemNorms: Float32Array, places: number) => {
  const bits = new Uint32Array(itemNorms.buffer, itemNorms.byteOffset, itemNorms.length);
  // Floats that are not negative are ordered as their bits are: one number a norm and its item, sorted as numbers.
  const keys = new Float64Array(bits.length);
  for (let item = 0; item < bits.length; item++) keys[item] = (0xffff_ffff - bits[item]!) * PLACES + item;
  keys.sort();
  const order = memory.ints(places);
  const ranks = memory.ints(itemNorms.length);
  const norms = memory.floats(places);
  for (let place = 0; place < keys.length; place++) {
    const item = keys[place]! % PLACES;
    order[place] = item;
    ranks[item] = place;
    norms[place] = itemNorms[item]!;
  }
  return { order, ranks, norms };
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
