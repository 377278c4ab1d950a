import {
  type Extractor,
  type FeatureRows,
  type ItemExtractor,
  type Matrix,
  RecographError,
  throwIfCancelled,
} from 'recograph';
import { unitRows } from 'recograph/math';

export interface VectorsConfig {
  readonly field: string;
  readonly normalize: boolean;
}

export const createVectors = ({ field, normalize }: VectorsConfig): Extractor => ({
  fit: async ({ itemFeatures }, _inputs, { signal, report }) => {
    throwIfCancelled(signal);
    const column = itemFeatures.columns[field];
    if (column?.kind !== 'dense') {
      const given = column ? `a column of kind ${column.kind}` : 'not a field of the items';
      const message = `vectors reads numbers; its field "${field}" is ${given}. Encode it by data.features.items: { kind: vector, width }.`;
      throw new RecographError('CONFIG_INVALID', message, { at: 'field' });
    }
    report({ epoch: 1, epochs: 1 });
    return fitted(column.width, field, normalize);
  },
  restore: ({ json }) => fitted((json as { width: number }).width, field, normalize),
});

const fitted = (width: number, field: string, normalize: boolean): ItemExtractor => ({
  subject: 'item',
  width,
  extract: async (items) => {
    const found = columnOf(items, field, width);
    return normalize ? unitRows(found) : found;
  },
  state: () => ({ json: { width }, tensors: {} }),
});

/** The column; a row with a number missing has no vector. */
const columnOf = ({ rows, columns }: FeatureRows, field: string, width: number): Matrix => {
  const column = columns[field];
  const data = new Float32Array(rows * width).fill(Number.NaN);
  if (column?.kind !== 'dense' || column.width !== width) return { rows, columns: width, data };
  for (let row = 0; row < rows; row++) {
    const own = column.values.subarray(row * width, (row + 1) * width);
    if (own.every(Number.isFinite)) data.set(own, row * width);
  }
  return { rows, columns: width, data };
};
