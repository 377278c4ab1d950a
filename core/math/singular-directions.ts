import { type Csr, type FitOptions, type Matrix, throwIfCancelled } from '../spi/index.ts';
import { dot } from './dot.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

const OVERSAMPLING = 10;
const ITERATIONS = 6;
/**
 * Products with A'A between two orthonormalisations. Each widens the span of lengths by (s_1 / s_k)^2; float64 holds
 * three of them for the flat spectra of texts, and orthonormalising is most of the work.
 */
const PRODUCTS = 3;
/** Directions with less than this share of the largest singular value, squared, are no direction of the data. */
const RANK_TOLERANCE = 1e-8;

/**
 * The leading right singular vectors of A, [columns x (at most) dimensions]: latent semantic analysis (Deerwester et al.
 * 1990) by randomised subspace iteration on A'A with Rayleigh-Ritz (Halko, Martinsson & Tropp 2011, algorithm 4.4).
 * Work: iterations x (entries x k + columns x k^2). A direction's largest entry is positive.
 */
export const singularDirections = async (
  a: Csr,
  dimensions: number,
  { rng, signal, report }: Pick<FitOptions, 'rng' | 'signal' | 'report'>,
): Promise<Matrix> => {
  const k = Math.min(dimensions + OVERSAMPLING, a.columns);
  let basis: Float64Array = Float64Array.from({ length: k * a.columns }, () => rng.normal());
  for (let epoch = 1; epoch <= ITERATIONS; epoch++) {
    throwIfCancelled(signal);
    basis = gramProduct(a, basis, k);
    if (epoch % PRODUCTS === 0) basis = orthonormalRows(basis, k, a.columns, epoch === ITERATIONS ? 2 : 1);
    report({ epoch, epochs: ITERATIONS });
    await new Promise(setImmediate);
  }
  const { values, vectors } = symmetricEigen(projectedGram(a, basis, k), k);
  let width = 0;
  while (width < Math.min(dimensions, k) && values[width]! > RANK_TOLERANCE * values[0]!) width++;
  return rotate(basis, vectors, k, a.columns, width);
};

/** Rows of `basis` [k x n] made orthonormal (Gram-Schmidt, `passes` times); one that depends on those before becomes 0. */
const orthonormalRows = (basis: Float64Array, k: number, n: number, passes: 1 | 2): Float64Array => {
  const q = basis.slice();
  for (let i = 0; i < k; i++) {
    const row = q.subarray(i * n, (i + 1) * n);
    const before = Math.sqrt(dot(row, 0, row, 0, n));
    for (let pass = 0; pass < passes; pass++) {
      let j = 0;
      for (; j + FOUR <= i; j += FOUR) takeOutFour(row, q, j * n, n);
      for (; j < i; j++) {
        const other = q.subarray(j * n, (j + 1) * n);
        const share = dot(row, 0, other, 0, n);
        if (share !== 0) for (let c = 0; c < n; c++) row[c]! -= share * other[c]!;
      }
    }
    const norm = Math.sqrt(dot(row, 0, row, 0, n));
    const scale = norm > 1e-12 * before ? 1 / norm : 0;
    for (let c = 0; c < n; c++) row[c]! *= scale;
  }
  return q;
};

/** Rows that are orthogonal to each other are taken out of another together: it is read and written once for all. */
const FOUR = 4;

const takeOutFour = (row: Float64Array, q: Float64Array, from: number, n: number): void => {
  const a = q.subarray(from, from + n);
  const b = q.subarray(from + n, from + 2 * n);
  const c = q.subarray(from + 2 * n, from + 3 * n);
  const d = q.subarray(from + 3 * n, from + 4 * n);
  let ofA = 0;
  let ofB = 0;
  let ofC = 0;
  let ofD = 0;
  for (let k = 0; k < n; k++) {
    const x = row[k]!;
    ofA += x * a[k]!;
    ofB += x * b[k]!;
    ofC += x * c[k]!;
    ofD += x * d[k]!;
  }
  for (let k = 0; k < n; k++) row[k]! -= ofA * a[k]! + ofB * b[k]! + (ofC * c[k]! + ofD * d[k]!);
};

const transposed = (matrix: Float64Array, rows: number, columns: number): Float64Array => {
  const result = new Float64Array(matrix.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) result[c * rows + r] = matrix[r * columns + c]!;
  return result;
};

/** Calls `visit` with each row of A times the basis; `byColumn` is the basis as [columns x k]. */
const eachProjected = (
  a: Csr,
  byColumn: Float64Array,
  k: number,
  visit: (row: number, projected: Float64Array) => void,
): void => {
  const projected = new Float64Array(k);
  for (let r = 0; r < a.rows; r++) {
    projected.fill(0);
    const end = a.offsets[r + 1]!;
    let e = a.offsets[r]!;
    for (; e + FOUR <= end; e += FOUR) {
      const one = a.indices[e]! * k;
      const two = a.indices[e + 1]! * k;
      const three = a.indices[e + 2]! * k;
      const four = a.indices[e + 3]! * k;
      const [v, w, x, y] = [a.values[e]!, a.values[e + 1]!, a.values[e + 2]!, a.values[e + 3]!];
      for (let d = 0; d < k; d++) {
        projected[d]! +=
          v * byColumn[one + d]! + w * byColumn[two + d]! + (x * byColumn[three + d]! + y * byColumn[four + d]!);
      }
    }
    for (; e < end; e++) {
      const start = a.indices[e]! * k;
      const value = a.values[e]!;
      for (let d = 0; d < k; d++) projected[d]! += value * byColumn[start + d]!;
    }
    visit(r, projected);
  }
};

/** A'A times the basis, [k x columns]. */
const gramProduct = (a: Csr, basis: Float64Array, k: number): Float64Array => {
  const sums = new Float64Array(basis.length);
  eachProjected(a, transposed(basis, k, a.columns), k, (row, projected) => {
    for (let e = a.offsets[row]!; e < a.offsets[row + 1]!; e++) {
      const start = a.indices[e]! * k;
      const value = a.values[e]!;
      for (let d = 0; d < k; d++) sums[start + d]! += value * projected[d]!;
    }
  });
  return transposed(sums, a.columns, k);
};

/** (A basis')' (A basis'), [k x k]. */
const projectedGram = (a: Csr, basis: Float64Array, k: number): Float64Array => {
  const gram = new Float64Array(k * k);
  eachProjected(a, transposed(basis, k, a.columns), k, (_row, projected) => {
    for (let i = 0; i < k; i++) {
      const left = projected[i]!;
      if (left !== 0) for (let j = i; j < k; j++) gram[i * k + j]! += left * projected[j]!;
    }
  });
  for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) gram[i * k + j] = gram[j * k + i]!;
  return gram;
};

/** The first `width` eigenvectors back in the space of the columns, [columns x width]. */
const rotate = (basis: Float64Array, vectors: Float64Array, k: number, columns: number, width: number): Matrix => {
  const data = new Float32Array(columns * width);
  const direction = new Float64Array(columns);
  for (let d = 0; d < width; d++) {
    direction.fill(0);
    for (let i = 0; i < k; i++) {
      const share = vectors[i * k + d]!;
      for (let c = 0; c < columns; c++) direction[c]! += share * basis[i * columns + c]!;
    }
    let largest = 0;
    for (let c = 0; c < columns; c++) if (Math.abs(direction[c]!) > Math.abs(direction[largest]!)) largest = c;
    const sign = direction[largest]! < 0 ? -1 : 1;
    for (let c = 0; c < columns; c++) data[c * width + d] = sign * direction[c]!;
  }
  return { rows: columns, columns: width, data };
};
