import type { Dataset, FeatureRows, FittedModel, Inputs, ItemExtractor, Matrix, QueryBatch, Trainer } from 'recograph';
import { FIRST_CODE, scoreRows, throwIfCancelled } from 'recograph';
import { createRng } from 'recograph/math';

const WIDTH = 8;

/** Fitted components for whatever a config refers to: a model with vectors of users and items, a feature over items. */
export const tinyInputs = (data: Dataset): Inputs => {
  const model = tinyModel(data);
  const feature = tinyExtractor(data.itemFeatures);
  const trainer = (): Trainer => ({
    fit: async (of, { signal, report }) => {
      throwIfCancelled(signal);
      report({ epoch: 1, epochs: 1 });
      return tinyModel(of);
    },
    restore: ({ tensors }) => modelOf(tensors.items!.data as Float32Array),
  });
  return { model: () => model, trainer, feature: () => feature, vectors: () => feature };
};

/** An item's vector: the mean of random vectors of those who chose it. A user's: the mean of the history's items. */
const tinyModel = (data: Dataset): FittedModel => {
  const { offsets, indices } = data.positivesByItem();
  const rng = createRng(7);
  const people = Float32Array.from({ length: data.users.size * WIDTH }, () => rng.normal());
  const items = means(data.items.size, people, (item, add) => {
    for (let k = offsets[item]!; k < offsets[item + 1]!; k++) add(indices[k]!);
  });
  return modelOf(items.data);
};

const modelOf = (vectors: Float32Array): FittedModel => {
  const items: Matrix = { rows: vectors.length / WIDTH, columns: WIDTH, data: vectors };
  const users = async ({ size, histories }: QueryBatch): Promise<Matrix> =>
    means(size, items.data, (query, add) => {
      for (let k = histories.offsets[query]!; k < histories.offsets[query + 1]!; k++) {
        const item = histories.items[k]!;
        if (histories.weights[k]! > 0 && item < items.rows && !Number.isNaN(items.data[item * WIDTH]!)) add(item);
      }
    });
  return {
    capabilities: {
      feedback: ['implicit'],
      coldUsers: ['history'],
      coldItems: false,
      sequential: false,
      context: false,
      calibrated: 'none',
    },
    score: async (queries, set) => {
      const rows = await users(queries);
      return scoreRows(queries, set, (query, candidates, scores) => {
        for (const [k, item] of candidates.entries()) {
          let sum = item < items.rows ? 0 : Number.NaN;
          for (let c = 0; c < WIDTH; c++) sum += rows.data[query * WIDTH + c]! * items.data[item * WIDTH + c]!;
          scores[k] = sum;
        }
      });
    },
    itemVectors: () => items,
    userVectors: users,
    state: () => ({ json: {}, tensors: { items: { shape: [items.rows, WIDTH], data: items.data } } }),
  };
};

/** Rows of WIDTH; NaN where nothing was added. */
const means = (rows: number, of: Float32Array, visit: (row: number, add: (of: number) => void) => void): Matrix => {
  const data = new Float32Array(rows * WIDTH);
  for (let row = 0; row < rows; row++) {
    let count = 0;
    visit(row, (from) => {
      count++;
      for (let c = 0; c < WIDTH; c++) data[row * WIDTH + c]! += of[from * WIDTH + c]!;
    });
    for (let c = 0; c < WIDTH; c++) data[row * WIDTH + c]! /= count;
  }
  return { rows, columns: WIDTH, data };
};

/** One place a code of the categorical columns and bags; NaN for an item that has none. */
const tinyExtractor = (fitted: FeatureRows): ItemExtractor => {
  const places = new Map<string, number>();
  let width = 0;
  for (const [name, column] of Object.entries(fitted.columns)) {
    if (column.kind !== 'categorical' && column.kind !== 'bag') continue;
    places.set(name, width);
    width += column.size;
  }
  width = Math.max(1, width);
  return {
    subject: 'item',
    width,
    extract: async ({ rows, columns }) => {
      const data = new Float32Array(rows * width);
      for (let row = 0; row < rows; row++) {
        let known = false;
        for (const [name, place] of places) {
          for (const code of codesOf(columns[name], row)) {
            if (code < FIRST_CODE) continue;
            data[row * width + place + code] = 1;
            known = true;
          }
        }
        if (!known) data.fill(Number.NaN, row * width, (row + 1) * width);
      }
      return { rows, columns: width, data };
    },
    state: () => ({ json: {}, tensors: {} }),
  };
};

const codesOf = (column: FeatureRows['columns'][string] | undefined, row: number): Int32Array => {
  if (column?.kind === 'categorical') return column.codes.subarray(row, row + 1);
  if (column?.kind === 'bag') return column.codes.subarray(column.offsets[row]!, column.offsets[row + 1]!);
  return new Int32Array(0);
};
