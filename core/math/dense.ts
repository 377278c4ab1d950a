import type { Csr, KernelMemory, Kernels } from '../spi/index.ts';
import { sparseTimesByBlocks } from './sparse-times-dense.ts';

/**
 * A square matrix in shared memory whose rows are `stride` floats apart, a multiple of 64. Behind its `size` rows and
 * columns stands what the function says that made it.
 */
export interface Square {
  readonly size: number;
  readonly stride: number;
  readonly data: Float32Array;
}

const strideOf = (size: number): number => Math.ceil(size / 64) * 64;

export const squareIn = (memory: KernelMemory, size: number): Square => {
  const stride = strideOf(size);
  return { size, stride, data: memory.floats(stride * stride) };
};

/**
 * x'x + ridge I of a sparse matrix x [rows x columns] and its transpose, into `out`; behind it the identity. Time
 * O(sum over rows of entries^2).
 */
export const sparseGramInto = async (
  kernels: Kernels,
  x: Csr,
  transposed: Csr,
  ridge: number,
  out: Square,
  signal?: AbortSignal,
): Promise<void> => {
  const memory = kernels.memory();
  try {
    let work = out.stride * out.stride;
    for (let r = 0; r < x.rows; r++) work += (x.offsets[r + 1]! - x.offsets[r]!) ** 2;
    await kernels.run('sparseGram', {
      tasks: out.stride,
      grain: Math.max(1, Math.min(16, Math.floor((out.stride * 1_000_000) / work))),
      work,
      ...(signal && { signal }),
      args: [
        x.columns,
        memory.share(transposed.offsets),
        memory.share(transposed.indices),
        memory.share(transposed.values),
        memory.share(x.offsets),
        memory.share(x.indices),
        memory.share(x.values),
        ridge,
        out.stride,
        out.data,
      ],
    });
  } finally {
    memory.release();
  }
};

/**
 * The inverse of a symmetric positive definite matrix in place, by Gauss-Jordan elimination in blocks of 64:
 * 2 size^3 multiplications and additions in float32 (the pivots' in float64), so a relative error of about
 * 1e-6 times the condition number. Behind the matrix must stand the identity. Not positive definite: NaN.
 */
export const invertInPlace = async (kernels: Kernels, a: Square, signal?: AbortSignal): Promise<void> => {
  const { stride, data } = a;
  const memory = kernels.memory();
  try {
    const pivot = memory.floats(64 * 64);
    const panels = memory.floats(64 * stride);
    const rest = signal ? { signal } : {};
    for (let k = 0; k < stride / 64; k++) {
      await kernels.run('invertPivot', { tasks: 1, scratch: 8 * 64 * 64, work: 0, args: [data, stride, k, pivot] });
      const panelWork = stride * 64 * 64;
      await kernels.run('invertPanels', {
        tasks: stride / 8,
        grain: 8,
        work: panelWork,
        args: [data, stride, k, pivot, panels],
        ...rest,
      });
      await kernels.run('invertRows', {
        tasks: stride / 4,
        grain: Math.max(1, Math.floor(8192 / stride)),
        scratch: 1024,
        work: (stride * panelWork) / 64,
        args: [data, stride, k, panels],
        ...rest,
      });
    }
  } finally {
    memory.release();
  }
};

/**
 * out = x b for sparse x [rows x b.size]: [x.rows x b.stride] in `memory`, row r from r * b.stride; NaN behind b.size.
 */
export const sparseTimes = async (kernels: Kernels, x: Csr, b: Square, memory: KernelMemory): Promise<Float32Array> => {
  const out = memory.floats(x.rows * b.stride);
  await sparseTimesByBlocks(kernels, x, { rows: b.size, columns: b.size, stride: b.stride, data: b.data }, out);
  return out;
};

/** Steck 2019, eq. 8, in place of the inverse P: B = I - P diagMat(1 / diag(P)); zeros behind it. */
export const easeWeightsInPlace = async (kernels: Kernels, p: Square): Promise<void> => {
  const memory = kernels.memory();
  try {
    const scales = memory.floats(p.stride);
    for (let j = 0; j < p.size; j++) scales[j] = -1 / p.data[j * p.stride + j]!;
    await kernels.run('easeWeights', {
      tasks: p.size,
      grain: 16,
      work: p.size * p.stride,
      args: [p.data, p.size, p.stride, scales],
    });
  } finally {
    memory.release();
  }
};
