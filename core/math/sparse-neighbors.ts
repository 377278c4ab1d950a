import { type Csr, type Kernels, throwIfCancelled } from '../spi/index.ts';
import type { SparseRows } from './sparse-sums.ts';

export interface NeighborSearch {
  /** The rows to find neighbours for [rows x columns]. */
  readonly first: Csr;
  /** The rows to find them among, given by column: [columns x candidates]. */
  readonly second: Csr;
  /** One candidate a row that is never its neighbour: the row itself; -1 = none. */
  readonly self: Int32Array;
  /** How many neighbours a row keeps at most. */
  readonly k: number;
  /** s -> s * n / (n + shrinkage), n = number of columns both have (Koren 2008, eq. 3). 0 = off. */
  readonly shrinkage: number;
  readonly signal?: AbortSignal;
  readonly report?: (rowsDone: number) => void;
}

/** Visited entries that one report and one thread's share are about: 100 ms and some milliseconds. */
const REPORT_WORK = 100_000_000;
const SHARE_WORK = 2_000_000;

/**
 * Each row's nearest candidates by similarity(r, s) = first(r) . second(s), best first, equal ones by ascending
 * candidate; without a common column there is none. Exact; sums in double precision. Costs one addition for each
 * entry of the columns that a row has; scratch memory O(candidates) a thread.
 */
export const nearestRows = async (kernels: Kernels, search: NeighborSearch): Promise<SparseRows> => {
  const { first, second, shrinkage } = search;
  const k = Math.min(search.k, second.columns);
  let visits = 0;
  for (const column of first.indices) visits += second.offsets[column + 1]! - second.offsets[column]!;
  const perRow = visits / Math.max(1, first.rows);
  const block = Math.max(1, Math.min(first.rows, Math.floor(REPORT_WORK / Math.max(1, perRow))));
  const memory = kernels.memory();
  try {
    const offsets = memory.share(first.offsets);
    const self = memory.share(search.self);
    const fixed = [memory.share(second.offsets), memory.share(second.indices), memory.share(second.values)];
    const entries = [memory.share(first.indices), memory.share(first.values)];
    const lists = { items: memory.ints(block * k), scores: memory.floats(block * k), sizes: memory.ints(block) };
    const found = createRows(first.rows);
    if (search.signal) throwIfCancelled(search.signal);
    for (let from = 0; from < first.rows; from += block) {
      const tasks = Math.min(block, first.rows - from);
      await kernels.run('nearestRows', {
        tasks,
        grain: Math.max(1, Math.min(256, Math.floor(SHARE_WORK / Math.max(1, perRow)))),
        scratch: second.columns * (shrinkage > 0 ? 12 : 8),
        work: perRow * tasks,
        ...(search.signal && { signal: search.signal }),
        args: [
          ...[offsets.subarray(from), ...entries, ...fixed],
          ...[second.columns, self.subarray(from), k, shrinkage],
          ...[lists.items, lists.scores, lists.sizes],
        ],
      });
      found.add(lists, tasks, k);
      search.report?.(from + tasks);
      if (search.signal) throwIfCancelled(search.signal);
    }
    return found.rows();
  } finally {
    memory.release();
  }
};

interface Lists {
  readonly items: Int32Array;
  readonly scores: Float32Array;
  readonly sizes: Int32Array;
}

/** Gathers lists with k places each into rows without gaps. */
const createRows = (rows: number) => {
  const offsets = new Uint32Array(rows + 1);
  const indices: Int32Array[] = [];
  const values: Float32Array[] = [];
  let row = 0;
  return {
    add: (lists: Lists, count: number, k: number): void => {
      let size = 0;
      for (let r = 0; r < count; r++) {
        size += lists.sizes[r]!;
        offsets[row + 1] = offsets[row]! + lists.sizes[r]!;
        row++;
      }
      const blockIndices = new Int32Array(size);
      const blockValues = new Float32Array(size);
      for (let r = 0, at = 0; r < count; at += lists.sizes[r++]!) {
        blockIndices.set(lists.items.subarray(r * k, r * k + lists.sizes[r]!), at);
        blockValues.set(lists.scores.subarray(r * k, r * k + lists.sizes[r]!), at);
      }
      indices.push(blockIndices);
      values.push(blockValues);
    },
    rows: (): SparseRows => ({
      offsets,
      indices: joined(Int32Array, indices, offsets[rows]!),
      values: joined(Float32Array, values, offsets[rows]!),
    }),
  };
};

const joined = <A extends Int32Array | Float32Array>(
  type: new (length: number) => A,
  parts: readonly A[],
  length: number,
): A => {
  if (parts.length === 1) return parts[0]!;
  const all = new type(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};
