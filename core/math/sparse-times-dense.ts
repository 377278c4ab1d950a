import type { Csr, Kernels, Matrix, SharedArray } from '../spi/index.ts';

type Sparse = Pick<Csr, 'offsets' | 'indices' | 'values'>;

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
 * a row's entries are summed in an order that depends on the shapes alone. Where many entries read a b larger than the
 * cache, it is gone through by blocks of its columns, which costs 16 n floats of memory a thread.
 */
export const sparseTimesDense = async (
  kernels: Kernels,
  x: Sparse,
  b: Matrix,
  out: Float32Array,
  options: SparseTimesOptions = {},
): Promise<void> => {
  const far = b.columns % BLOCK === 0 && b.data.byteLength > NEAR_BYTES;
  const reads = far ? Math.floor(x.indices.length / (READS_PER_ROW * b.rows)) : 0;
  if (reads === 0) return byRows(kernels, x, b, out, options);
  const shares = Math.max(kernels.threads / (b.columns / BLOCK), (x.indices.length * BLOCK) / BLOCK_WORK);
  const parts = Math.min(reads, Math.ceil(shares));
  return sparseTimesByBlocks(kernels, x, { ...b, stride: b.columns }, out, { ...options, parts });
};

/**
 * The same for a b whose rows are `stride` floats apart, a multiple of 16, as those of `out` are; NaN behind `columns`.
 * Tasks are blocks of 16 columns times `parts` ranges of x's rows.
 */
export const sparseTimesByBlocks = (
  kernels: Kernels,
  x: Sparse,
  b: Matrix & { readonly stride: number },
  out: Float32Array,
  { parts = 1, total, scale = 1, signal }: SparseTimesOptions & { readonly parts?: number } = {},
): Promise<void> =>
  sharing(kernels, x, b, (sparse, dense) => {
    const rows = x.offsets.length - 1;
    return kernels.run('sparseProductBlocks', {
      tasks: (b.stride / BLOCK) * parts,
      scratch: b.rows * BLOCK * 4,
      work: x.indices.length * b.stride,
      ...(signal && { signal }),
      args: [...sparse, rows, dense, b.rows, b.columns, b.stride, out, parts, total ?? 0, scale],
    });
  });

const byRows = (
  kernels: Kernels,
  x: Sparse,
  b: Matrix,
  out: Float32Array,
  { total, scale = 1, signal }: SparseTimesOptions,
): Promise<void> =>
  sharing(kernels, x, b, (sparse, dense) => {
    const rows = x.offsets.length - 1;
    const work = x.indices.length * b.columns;
    return kernels.run('sparseProduct', {
      tasks: rows,
      grain: Math.max(1, Math.floor((rows * TASK_WORK) / Math.max(1, work))),
      work,
      ...(signal && { signal }),
      args: [...sparse, dense, b.columns, out, total ?? 0, scale],
    });
  });

/** Runs with x and b in shared memory. */
const sharing = async (
  kernels: Kernels,
  { offsets, indices, values }: Sparse,
  { data }: Matrix,
  run: (sparse: readonly SharedArray[], dense: Float32Array) => Promise<void>,
): Promise<void> => {
  const memory = kernels.memory();
  try {
    await run([memory.share(offsets), memory.share(indices), memory.share(values)], memory.share(data));
  } finally {
    memory.release();
  }
};

/** Columns of a block: one line of the cache. */
const BLOCK = 16;
/** Multiplications of one share: about a millisecond. */
const TASK_WORK = 2_000_000;
/** The same of blocks: some milliseconds, for each share lays its block out anew. */
const BLOCK_WORK = 6_000_000;
/** What a core has near: half of a usual second-level cache. */
const NEAR_BYTES = 256 * 1024;
/** Laying a row out anew pays when a task reads it so often. */
const READS_PER_ROW = 4;
