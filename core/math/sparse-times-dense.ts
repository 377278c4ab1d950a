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
 * a row's entries are summed in their order, four at a time.
 */
export const sparseTimesDense = async (
  kernels: Kernels,
  x: Pick<Csr, 'offsets' | 'indices' | 'values'>,
  { columns, data }: Matrix,
  out: Float32Array,
  { total, scale = 1, signal }: SparseTimesOptions = {},
): Promise<void> => {
  const rows = x.offsets.length - 1;
  const work = x.indices.length * columns;
  const scratch = kernels.memory();
  try {
    await kernels.run('sparseProduct', {
      tasks: rows,
      grain: Math.max(1, Math.floor((rows * TASK_WORK) / Math.max(1, work))),
      work,
      ...(signal && { signal }),
      args: [
        ...[scratch.share(x.offsets), scratch.share(x.indices), scratch.share(x.values), scratch.share(data)],
        ...[columns, out, total ?? 0, scale],
      ],
    });
  } finally {
    scratch.release();
  }
};

/** Multiplications of one share: about a millisecond. */
const TASK_WORK = 2_000_000;
