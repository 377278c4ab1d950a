import type { Csr } from '../spi/index.ts';

/** How two sparse rows are compared; see `weighRows` for the formulas. */
export interface RowSimilarity {
  readonly kind: 'inner-product' | 'cosine' | 'tf-idf' | 'bm25';
  /** BM25's saturation of a value, >= 0. */
  readonly k1: number;
  /** BM25's correction for the row's length, 0..1. */
  readonly b: number;
  /** Share of the norm that the second row carries, 0..1; 0.5 is the symmetric cosine. */
  readonly asymmetry: number;
}

/** What the weights of a row depend on besides the row: taken from the matrix, kept for rows that come later. */
export interface RowWeighting {
  readonly similarity: RowSimilarity;
  /** One a column; empty where columns count alike. */
  readonly columnWeights: Float64Array;
  /** Mean sum of a row that is not empty. */
  readonly averageLength: number;
}

/**
 * Rows are the documents and columns the terms, N rows, df(c) of them with an entry in column c:
 * tf-idf weighs a column by ln(1 + N / df), BM25 by ln(1 + (N - df + 0.5) / (df + 0.5)) (Robertson & Zaragoza 2009,
 * in the form that is never negative).
 */
export const fitWeighting = (matrix: Csr, similarity: RowSimilarity): RowWeighting => {
  const { kind } = similarity;
  let total = 0;
  let rows = 0;
  for (const value of matrix.values) total += value;
  for (let r = 0; r < matrix.rows; r++) if (matrix.offsets[r]! < matrix.offsets[r + 1]!) rows++;
  const columnWeights = new Float64Array(kind === 'tf-idf' || kind === 'bm25' ? matrix.columns : 0);
  if (columnWeights.length > 0) {
    for (const column of matrix.indices) columnWeights[column]!++;
    for (let c = 0; c < columnWeights.length; c++) {
      const df = columnWeights[c]!;
      if (df === 0) continue;
      columnWeights[c] = Math.log(1 + (kind === 'bm25' ? (rows - df + 0.5) / (df + 0.5) : rows / df));
    }
  }
  return { similarity, columnWeights, averageLength: rows === 0 ? 1 : total / rows };
};

/**
 * The matrix whose inner products are the similarities: similarity(r, s) = first(r) . second(s).
 * - inner-product: x
 * - cosine: x / |x|, with asymmetry a: x / |x|^(2 (1 - a)) first, x / |x|^(2 a) second (Aiolli 2013)
 * - tf-idf: the cosine of sqrt(x) * idf
 * - bm25: x (k1 + 1) / (x + k1 (1 - b + b length / average length)) * idf
 */
export const weighRows = (matrix: Csr, weighting: RowWeighting, side: 'first' | 'second'): Csr => {
  const { similarity, columnWeights, averageLength } = weighting;
  const { kind, k1, b, asymmetry } = similarity;
  if (kind === 'inner-product') return matrix;
  const values = new Float32Array(matrix.values.length);
  const exponent = side === 'first' ? asymmetry - 1 : -asymmetry;
  for (let row = 0; row < matrix.rows; row++) {
    const from = matrix.offsets[row]!;
    const to = matrix.offsets[row + 1]!;
    let length = 0;
    let squares = 0;
    for (let k = from; k < to; k++) {
      const value = matrix.values[k]!;
      length += value;
      const weighted = kind === 'tf-idf' ? Math.sqrt(value) * columnWeights[matrix.indices[k]!]! : value;
      squares += weighted * weighted;
    }
    const saturation = k1 * (1 - b + (b * length) / averageLength);
    const scale = squares === 0 ? 0 : squares ** exponent;
    for (let k = from; k < to; k++) {
      const value = matrix.values[k]!;
      const column = matrix.indices[k]!;
      if (kind === 'cosine') values[k] = value * scale;
      else if (kind === 'tf-idf') values[k] = Math.sqrt(value) * columnWeights[column]! * scale;
      else values[k] = ((value * (k1 + 1)) / (value + saturation)) * columnWeights[column]!;
    }
  }
  return { ...matrix, values };
};
