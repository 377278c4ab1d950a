import { topKByScore } from '../math/index.ts';
import type { ItemList, Kernels, Limits, Matrix, Ragged, TensorRuntime } from '../spi/index.ts';

/** The best items of a whole catalogue by dot product. */
export interface CatalogueScan {
  /** As `Kernels.topK`. */
  topK(queries: Matrix, n: number, limits: Limits): Promise<readonly ItemList[]>;
  dispose(): void;
}

/** Scores that are held at a time. */
const SCORES_AT_ONCE = 2 ** 24;

/**
 * Scans `items` by the kernels, or on a GPU: then they lie there until `dispose`, and a batch of queries is one matrix
 * product.
 */
export const catalogueScan = (kernels: Kernels, gpu: TensorRuntime | undefined, items: Matrix): CatalogueScan => {
  if (!gpu) return { topK: (queries, n, limits) => kernels.topK(queries, items, n, limits), dispose: () => undefined };
  const { tf } = gpu;
  const resident = tf.tensor2d(items.data, [items.rows, items.columns]);
  const most = Math.max(1, Math.floor(SCORES_AT_ONCE / Math.max(1, items.rows)));

  const scoresOf = async (queries: Matrix, first: number, count: number): Promise<Matrix> => {
    const { columns, data } = queries;
    const product = gpu.scope(() =>
      tf.matMul(
        tf.tensor2d(data.slice(first * columns, (first + count) * columns), [count, columns]),
        resident,
        false,
        true,
      ),
    );
    const scores = await product.data<'float32'>();
    product.dispose();
    // A device's product need not carry NaN through.
    for (let q = 0; q < count; q++) {
      if (Number.isNaN(data[(first + q) * columns]!)) scores.fill(Number.NaN, q * items.rows, (q + 1) * items.rows);
    }
    return { rows: count, columns: items.rows, data: scores };
  };

  return {
    topK: async (queries, n, limits) => {
      const lists: ItemList[] = [];
      for (let first = 0; first < queries.rows; first += most) {
        const count = Math.min(most, queries.rows - first);
        const exclude = raggedRows(limits.exclude, first, count);
        lists.push(...(await topKByScore(kernels, await scoresOf(queries, first, count), n, { ...limits, exclude })));
      }
      return lists;
    },
    dispose: () => resident.dispose(),
  };
};

/** Rows `first .. first + count` alone. */
export const raggedRows = (rows: Ragged, first: number, count: number): Ragged => {
  const begin = rows.offsets[first]!;
  const offsets = rows.offsets.slice(first, first + count + 1).map((offset) => offset - begin);
  return { offsets, values: rows.values.subarray(begin, begin + offsets[count]!) };
};
