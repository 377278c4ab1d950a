import type { ItemList, Kernels, Limits, Matrix } from '../spi/index.ts';
import { scoreByDot } from './scan.ts';
import { type Similarity, type SimilaritySpace, similaritySpace } from './similarity.ts';

/** Rows that are looked through for the most similar ones again and again, all of them at each look: exact. */
export interface SimilarityScan {
  /** Its rows lie in the kernels' memory until `dispose`. */
  readonly space: SimilaritySpace;
  /** The n rows most similar to each of `vectors`; limits as in `Kernels.topK`. */
  topK(vectors: Matrix, n: number, limits: Limits): Promise<readonly ItemList[]>;
  /** Similarities of one vector to these rows. */
  score(vector: Matrix, rows: Int32Array): Promise<Float32Array>;
  /** Memory is given back as soon as what was asked before is answered. */
  dispose(): void;
}

export const similarityScan = (kernels: Kernels, kind: Similarity, rows: Matrix): SimilarityScan => {
  const memory = kernels.memory();
  const made = similaritySpace(kind, rows);
  const space = { ...made, items: { ...made.items, data: memory.share(made.items.data) } };
  let running = 0;
  let disposed = false;
  const releaseIfLeft = (): void => {
    if (disposed && running === 0) memory.release();
  };
  const using = async <T>(work: () => Promise<T>): Promise<T> => {
    running++;
    try {
      return await work();
    } finally {
      running--;
      releaseIfLeft();
    }
  };
  const similarities = (products: Float32Array, { columns, data }: Matrix, q: number): Float32Array => {
    const query = data.subarray(q * columns, (q + 1) * columns);
    return products.map((product) => space.similarity(product, query));
  };
  return {
    space,
    topK: (vectors, n, limits) =>
      using(async () => {
        const queries = space.queries(vectors);
        const lists = await kernels.topK(queries, space.items, n, limits);
        return lists.map(({ items, scores }, q) => ({ items, scores: similarities(scores, queries, q) }));
      }),
    score: (vector, rows) =>
      using(async () => {
        const query = space.queries(vector);
        const products = await scoreByDot(kernels, query, space.items, { kind: 'shared', indices: rows });
        return similarities(products, query, 0);
      }),
    dispose: () => {
      disposed = true;
      releaseIfLeft();
    },
  };
};
