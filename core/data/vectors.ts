import {
  type FeatureRows,
  type FittedExtractor,
  type FittedModel,
  type ItemExtractor,
  type ItemSet,
  type Matrix,
  RecographError,
} from '../spi/index.ts';
import { gatherFeatures } from './dataset.ts';

/** Vectors of items by what a config's `vectorsRef` names. */
export interface ItemVectorSource {
  /** Whether items behind the vocabulary get vectors, from their features. */
  readonly coldItems: boolean;
  /** Those of the vocabulary's items, [items x width]; a row of NaN = none. */
  known(itemFeatures: FeatureRows): Promise<Matrix>;
  /** Those the source has without any features: a model's. undefined for an extractor. */
  kept(): Matrix | undefined;
  /** [rows x width] from features alone; rows of NaN where the source is a model. */
  extract(items: FeatureRows): Promise<Matrix>;
}

/** Throws CONFIG_INVALID where `vectors` gives no item vectors. */
export const itemVectorSource = (vectors: FittedExtractor | FittedModel, name: string): ItemVectorSource => {
  if (!('subject' in vectors)) return fromModel(vectors, name);
  if (vectors.subject === 'item') return fromExtractor(vectors);
  throw new RecographError(
    'CONFIG_INVALID',
    `"${name}" extracts vectors of users, where vectors of items are asked for. Name a feature over items, or a model with item vectors.`,
    { at: name },
  );
};

const fromExtractor = (extractor: ItemExtractor): ItemVectorSource => ({
  coldItems: true,
  known: (itemFeatures) => extractor.extract(itemFeatures),
  kept: () => undefined,
  extract: (items) => extractor.extract(items),
});

const fromModel = (model: FittedModel, name: string): ItemVectorSource => {
  const matrix = model.itemVectors?.();
  if (!matrix) {
    throw new RecographError(
      'CONFIG_INVALID',
      `The model "${name}" has no item vectors. Name a feature over items, or a model that has them (als, mf).`,
      { at: name },
    );
  }
  return {
    coldItems: false,
    known: async () => matrix,
    kept: () => matrix,
    extract: async (items) => ({
      rows: items.rows,
      columns: matrix.columns,
      data: new Float32Array(items.rows * matrix.columns).fill(Number.NaN),
    }),
  };
};

/**
 * Vectors, and the item set over them: its indices are rows. A set of the vocabulary's items stays as it is, over
 * `known`; one that holds items behind it gets its vectors row for row, the vocabulary's from `known` and the others by
 * `cold`, which is given the features of these alone.
 */
export const vectorsOfItems = async (
  set: ItemSet,
  known: Matrix,
  cold: (features: FeatureRows) => Promise<Matrix>,
): Promise<{ vectors: Matrix; set: ItemSet }> => {
  const { indices } = set;
  if (indices.every((item) => item < known.rows)) return { vectors: known, set };
  const { columns } = known;
  const data = new Float32Array(indices.length * columns);
  const coldRows: number[] = [];
  for (let r = 0; r < indices.length; r++) {
    const item = indices[r]!;
    if (item >= known.rows) coldRows.push(r);
    else data.set(known.data.subarray(item * columns, (item + 1) * columns), r * columns);
  }
  const extracted = await cold(gatherFeatures(set.features, coldRows));
  coldRows.forEach((r, k) => {
    data.set(extracted.data.subarray(k * columns, (k + 1) * columns), r * columns);
  });
  const rows = indices.map((_, r) => r);
  return { vectors: { rows: rows.length, columns, data }, set: { ...set, indices: rows } };
};
