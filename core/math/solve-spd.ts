/**
 * X with A X = B for a symmetric positive definite A [n x n] and B [n x m], all row-major, by Cholesky factorisation.
 * undefined where A is not positive definite. O(n^3 / 3 + n^2 m).
 */
export const solveSpd = (a: Float64Array, b: Float64Array, n: number, m: number): Float64Array | undefined => {
  const l = a.slice();
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = l[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      if (i === j) {
        if (!(sum > 0)) return undefined;
        l[j * n + j] = Math.sqrt(sum);
      } else l[i * n + j] = sum / l[j * n + j]!;
    }
  }
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) subtractRow(x, m, i, k, l[i * n + k]!);
    scaleRow(x, m, i, 1 / l[i * n + i]!);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) subtractRow(x, m, i, k, l[k * n + i]!);
    scaleRow(x, m, i, 1 / l[i * n + i]!);
  }
  return x;
};

const subtractRow = (x: Float64Array, m: number, to: number, from: number, factor: number): void => {
  if (factor === 0) return;
  for (let c = 0; c < m; c++) x[to * m + c]! -= factor * x[from * m + c]!;
};

const scaleRow = (x: Float64Array, m: number, row: number, factor: number): void => {
  for (let c = 0; c < m; c++) x[row * m + c]! *= factor;
};
