/**
 * Solves A x = b for a symmetric positive definite A [n x n] by Cholesky's factorisation, in place of A's lower
 * triangle (the upper one is not read). O(n^3 / 6).
 */
export const solveSpd = (a: Float64Array, b: Float64Array): Float64Array => {
  const n = b.length;
  for (let r = 0; r < n; r++) {
    for (let c = 0; c <= r; c++) {
      let sum = a[r * n + c]!;
      for (let k = 0; k < c; k++) sum -= a[r * n + k]! * a[c * n + k]!;
      a[r * n + c] = r === c ? Math.sqrt(sum) : sum / a[c * n + c]!;
    }
  }
  const x = b.slice();
  for (let r = 0; r < n; r++) {
    for (let k = 0; k < r; k++) x[r]! -= a[r * n + k]! * x[k]!;
    x[r]! /= a[r * n + r]!;
  }
  for (let r = n - 1; r >= 0; r--) {
    for (let k = r + 1; k < n; k++) x[r]! -= a[k * n + r]! * x[k]!;
    x[r]! /= a[r * n + r]!;
  }
  return x;
};
