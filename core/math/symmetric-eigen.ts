export interface SymmetricEigen {
  /** Descending. */
  readonly values: Float64Array;
  /** Row-major [n x n]; column k belongs to `values[k]`; columns are orthonormal. */
  readonly vectors: Float64Array;
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, row-major [n x n], by cyclic Jacobi rotations
 * (Golub & Van Loan, Matrix Computations, 8.5). O(n^3) a sweep, about 8 sweeps: for n up to a few hundred.
 */
export const symmetricEigen = (matrix: Float64Array, n: number): SymmetricEigen => {
  const a = matrix.slice();
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  let total = 0;
  for (const entry of a) total += entry * entry;

  for (let sweep = 0; sweep < 60 && offDiagonal(a, n) > 1e-30 * total; sweep++) {
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
  }

  const order = Array.from({ length: n }, (_, k) => k).sort((i, j) => a[j * n + j]! - a[i * n + i]! || i - j);
  const vectors = new Float64Array(n * n);
  // Rows of `v` are the eigenvectors: contiguous while rotating.
  for (let k = 0; k < n; k++) for (let i = 0; i < n; i++) vectors[i * n + k] = v[order[k]! * n + i]!;
  return { values: Float64Array.from(order, (k) => a[k * n + k]!), vectors };
};

const offDiagonal = (a: Float64Array, n: number): number => {
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) sum += 2 * a[i * n + j]! * a[i * n + j]!;
  return sum;
};

/** Makes a[p, q] zero. */
const rotate = (a: Float64Array, v: Float64Array, n: number, p: number, q: number): void => {
  const apq = a[p * n + q]!;
  if (apq === 0) return;
  const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  const pp = a[p * n + p]! - t * apq;
  const qq = a[q * n + q]! + t * apq;
  rotateRows(a, n, p, q, c, s);
  // The matrix stays symmetric: columns p and q are their rows, and the 2 x 2 block is known.
  a[p * n + p] = pp;
  a[q * n + q] = qq;
  a[p * n + q] = 0;
  a[q * n + p] = 0;
  for (let i = 0; i < n; i++) {
    a[i * n + p] = a[p * n + i]!;
    a[i * n + q] = a[q * n + i]!;
  }
  rotateRows(v, n, p, q, c, s);
};

const rotateRows = (m: Float64Array, n: number, p: number, q: number, c: number, s: number): void => {
  const rowP = p * n;
  const rowQ = q * n;
  for (let i = 0; i < n; i++) {
    const x = m[rowP + i]!;
    const y = m[rowQ + i]!;
    m[rowP + i] = c * x - s * y;
    m[rowQ + i] = s * x + c * y;
  }
};
