import type { Matrix } from '../spi/index.ts';
import { unitRows } from './dot-scores.ts';

/**
 * `inner-product`: x.y; `cosine`: x.y / (|x| |y|); `euclidean`: -|x - y|; `adjusted-cosine`: the cosine after each
 * column's mean over the items was taken off (Sarwar et al. 2001). Larger is more alike.
 */
export type Similarity = 'inner-product' | 'cosine' | 'euclidean' | 'adjusted-cosine';

/** Items laid out so that the most similar have the largest inner product, whatever the similarity. */
export interface SimilaritySpace {
  /** What is scanned or indexed; NaN rows are like nothing. */
  readonly items: Matrix;
  /** Vectors of the items' space as queries of `items`. */
  queries(rows: Matrix): Matrix;
  /** The similarity that an inner product stands for, given the query's row of `queries`. */
  similarity(product: number, query: Float32Array): number;
}

export const similaritySpace = (kind: Similarity, items: Matrix): SimilaritySpace => {
  switch (kind) {
    case 'inner-product':
      return { items, queries: (rows) => rows, similarity: (product) => product };
    case 'cosine':
      return { items: unitRows(items), queries: unitRows, similarity: (product) => product };
    case 'adjusted-cosine': {
      const means = columnMeans(items);
      const centred = (rows: Matrix) => unitRows(without(rows, means));
      return { items: centred(items), queries: centred, similarity: (product) => product };
    }
    case 'euclidean':
      // x.y - |y|^2 / 2 grows as |x - y|^2 = |x|^2 - 2 (x.y - |y|^2 / 2) falls
      return {
        items: withColumn(items, (squares) => -squares / 2),
        queries: (rows) => withColumn(rows, () => 1),
        similarity: (product, query) => -Math.sqrt(Math.max(0, squaresOf(query.subarray(0, -1)) - 2 * product)),
      };
  }
};

const squaresOf = (row: Float32Array): number => {
  let sum = 0;
  for (const value of row) sum += value * value;
  return sum;
};

const withColumn = ({ rows, columns, data }: Matrix, last: (squares: number) => number): Matrix => {
  const wider = new Float32Array(rows * (columns + 1));
  for (let r = 0; r < rows; r++) {
    const row = data.subarray(r * columns, (r + 1) * columns);
    wider.set(row, r * (columns + 1));
    wider[r * (columns + 1) + columns] = last(squaresOf(row));
  }
  return { rows, columns: columns + 1, data: wider };
};

const columnMeans = ({ rows, columns, data }: Matrix): Float64Array => {
  const means = new Float64Array(columns);
  let count = 0;
  for (let r = 0; r < rows; r++) {
    if (Number.isNaN(data[r * columns]!)) continue;
    count++;
    for (let c = 0; c < columns; c++) means[c]! += data[r * columns + c]!;
  }
  return means.map((sum) => sum / Math.max(1, count));
};

const without = ({ rows, columns, data }: Matrix, means: Float64Array): Matrix => ({
  rows,
  columns,
  data: data.map((value, k) => value - means[k % columns]!),
});
