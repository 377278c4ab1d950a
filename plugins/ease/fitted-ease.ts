import type { Capabilities, FittedModel, ItemList, ItemSet, KernelMemory, Limits, QueryBatch } from 'recograph';
import { historyMatrix } from 'recograph';
import { type Square, sparseTimes, topKByScore } from 'recograph/math';
import { raggedRows } from 'recograph/nn';
import { type EaseDeps, prepared } from './ease.ts';
import type { EaseConfig } from './index.ts';
import { productOnTensors } from './product-on-tensors.ts';

/** Queries whose scores of all items are held at a time. */
const BATCH = 1024;

const capabilities: Capabilities = {
  feedback: ['implicit'],
  coldUsers: ['history'],
  coldItems: false,
  sequential: false,
  context: false,
  calibrated: 'none',
};

/** `weights` is B, [items x items]; `memory` holds it, and is released with the model. */
export const createFitted = (
  config: EaseConfig,
  { kernels, gpu }: EaseDeps,
  memory: KernelMemory,
  weights: Square,
): FittedModel => {
  const { size, stride, data } = weights;
  const product = gpu && productOnTensors(gpu, weights);

  /** Scores of all items, a batch of queries at a time; a query without a positive has NaN throughout. */
  const inBatches = async (
    queries: QueryBatch,
    use: (scores: Float32Array, first: number, count: number) => Promise<void> | void,
  ): Promise<void> => {
    const x = prepared(config, historyMatrix(queries, size));
    for (let first = 0; first < queries.size; first += BATCH) {
      const count = Math.min(BATCH, queries.size - first);
      const begin = x.offsets[first]!;
      const offsets = x.offsets.slice(first, first + count + 1).map((offset) => offset - begin);
      const end = begin + offsets[count]!;
      const scratch = kernels.memory();
      try {
        const part = {
          rows: count,
          columns: size,
          offsets,
          indices: x.indices.subarray(begin, end),
          values: x.values.subarray(begin, end),
        };
        const scores = await (product?.times(part, scratch) ?? sparseTimes(kernels, part, weights, scratch));
        for (let q = 0; q < count; q++) {
          if (offsets[q] === offsets[q + 1]) scores.fill(Number.NaN, q * stride, (q + 1) * stride);
        }
        await use(scores, first, count);
      } finally {
        scratch.release();
      }
    }
  };

  const score = async (queries: QueryBatch, items: ItemSet): Promise<Float32Array> => {
    const { indices } = items;
    const out = new Float32Array(items.kind === 'shared' ? queries.size * indices.length : indices.length);
    await inBatches(queries, (scores, first, count) => {
      for (let q = 0; q < count; q++) {
        const from = items.kind === 'shared' ? 0 : items.offsets[first + q]!;
        const to = items.kind === 'shared' ? indices.length : items.offsets[first + q + 1]!;
        const base = items.kind === 'shared' ? (first + q) * indices.length : 0;
        for (let k = from; k < to; k++) {
          const item = indices[k]!;
          out[base + k] = item >= 0 && item < size ? scores[q * stride + item]! : Number.NaN;
        }
      }
    });
    return out;
  };

  const recommend = async (queries: QueryBatch, n: number, limits: Limits): Promise<readonly ItemList[]> => {
    const lists: ItemList[] = [];
    await inBatches(queries, async (scores, first, count) => {
      const matrix = { rows: count, columns: stride, data: scores.subarray(0, count * stride) };
      lists.push(
        ...(await topKByScore(kernels, matrix, n, { ...limits, exclude: raggedRows(limits.exclude, first, count) })),
      );
    });
    return lists;
  };

  const similarItems = async (items: Int32Array, n: number, limits?: Limits): Promise<readonly ItemList[]> => {
    const scratch = kernels.memory();
    try {
      const scores = scratch.floats(items.length * stride).fill(Number.NaN);
      items.forEach((item, q) => {
        if (item < 0 || item >= size) return;
        scores.set(data.subarray(item * stride, item * stride + size), q * stride);
        scores[q * stride + item] = Number.NaN;
      });
      const exclude = { offsets: new Uint32Array(items.length + 1), values: new Int32Array(0) };
      return await topKByScore(
        kernels,
        { rows: items.length, columns: stride, data: scores },
        n,
        limits ?? { exclude },
      );
    } finally {
      scratch.release();
    }
  };

  return {
    capabilities,
    score,
    recommend,
    similarItems,
    state: () => {
      const packed = new Float32Array(size * size);
      for (let r = 0; r < size; r++) packed.set(data.subarray(r * stride, r * stride + size), r * size);
      return { json: {}, tensors: { weights: { shape: [size, size], data: packed } } };
    },
    dispose: () => {
      product?.dispose();
      memory.release();
    },
  };
};
