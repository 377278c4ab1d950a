import type { Kernels, Matrix } from 'recograph';
import { createKernels, createRng } from 'recograph/math';

/** Runs with one thread (everything on this one) and with two; the results must be the same. */
export const withThreads = async <T>(run: (kernels: Kernels) => Promise<T>): Promise<T[]> => {
  const results: T[] = [];
  for (const threads of [1, 2]) {
    const kernels = createKernels({ threads });
    try {
      results.push(await run(kernels));
    } finally {
      await kernels.dispose();
    }
  }
  return results;
};

export const randomMatrix = (rows: number, columns: number, seed: number): Matrix => {
  const rng = createRng(seed);
  return { rows, columns, data: Float32Array.from({ length: rows * columns }, () => rng.normal()) };
};

export const row = (matrix: Matrix, r: number): Float32Array =>
  matrix.data.subarray(r * matrix.columns, (r + 1) * matrix.columns);

/** In double precision. */
export const dot = (x: ArrayLike<number>, y: ArrayLike<number>): number => {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += x[k]! * y[k]!;
  return sum;
};

/** Solves a x = b by Gaussian elimination with pivoting, in double precision; a is row-major. */
export const solve = (a: readonly (readonly number[])[], b: readonly number[]): number[] => {
  const n = b.length;
  const m = a.map((r, i) => [...r, b[i]!]);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(m[i]![k]!) > Math.abs(m[pivot]![k]!)) pivot = i;
    [m[k], m[pivot]] = [m[pivot]!, m[k]!];
    for (let i = k + 1; i < n; i++) {
      const f = m[i]![k]! / m[k]![k]!;
      for (let j = k; j <= n; j++) m[i]![j]! -= f * m[k]![j]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let rest = m[i]![n]!;
    for (let j = i + 1; j < n; j++) rest -= m[i]![j]! * x[j]!;
    x[i] = rest / m[i]![i]!;
  }
  return x;
};
