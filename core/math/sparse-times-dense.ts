import type { Csr, Kernels, Matrix } from '../spi/index.ts';

export interface SparseTimesOptions {
  /** [rows x columns] in shared memory; becomes scale * (total + x b). */
  readonly total?: Float32Array;
  /** Default: 1. */
  readonly scale?: number;
  readonly signal?: AbortSignal;
}

/**
 * x b for sparse x [rows x n] and dense b [n x columns] (often written SpMM), into `out` [rows x columns]. Nothing is
 * copied of what lies in shared memory; `columns` must be a multiple of 8. Each entry costs `columns` multiplications;
 * a row's entries are summed in an order that depends on the shapes alone. A b larger than the cache that many entries read is
 * gone through by blocks of its columns, which costs 16 n floats of memory a thread: what is waited for is memory.
 */
export const sparseTimesDense = async (
  kernels: Kernels,
  x: Pick<Csr, 'offsets' | 'indices' | 'values'>,
  { rows: height, columns, data }: Matrix,
  out: Float32Array,
  { total, scale = 1, signal }: SparseTimesOptions = {},
): Promise<void> => {
  const rows = x.offsets.length - 1;
  const work = x.indices.length * columns;
  const scratch = kernels.memory();
  const reads = Math.floor(x.indices.length / (READS_PER_ROW * Math.max(1, height)));
  const blocks = columns % 16 === 0 && data.byteLength > NEAR_BYTES && reads > 0 ? columns / 16 : 0;
  const parts = Math.min(reads, Math.ceil(kernels.threads / blocks));
  try {
    const sparse = [scratch.share(x.offsets), scratch.share(x.indices), scratch.share(x.values)];
    const dense = scratch.share(data);
    await kernels.run(blocks > 0 ? 'sparseProductBlocks' : 'sparseProduct', {
      ...(blocks > 0
        ? { tasks: blocks * parts, scratch: height * 64 }
        : { tasks: rows, grain: Math.max(1, Math.floor((rows * TASK_WORK) / Math.max(1, work))) }),
      work,
      ...(signal && { signal }),
      args: [
        ...sparse,
        ...(blocks > 0 ? [rows, dense, height, columns, columns, out, parts] : [dense, columns, out]),
        ...[total ?? 0, scale],
      ],
    });
  } finally {
    scratch.release();
  }
};

/** Multiplications of one share: about a millisecond. */
const TASK_WORK = 2_000_000;
/** What a core has near: half of a usual second-level cache. */
const NEAR_BYTES = 256 * 1024;
/** Laying a row out anew pays when a task reads it so often. */
const READS_PER_ROW = 4;
