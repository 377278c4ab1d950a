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
 * The vectors of an item set row for row: the vocabulary's from `known`, those of items behind it by `cold`,
 * which gets the features of these items alone.
 */
export const vectorsOfItems = async (
  items: ItemSet,
  known: Matrix,
  cold: (features: FeatureRows) => Promise<Matrix>,
): Promise<Matrix> => {
  const { indices } = items;
  const { columns } = known;
  const data = new Float32Array(indices.length * columns);
  const coldRows: number[] = [];
  for (let r = 0; r < indices.length; r++) {
    const item = indices[r]!;
    if (item >= known.rows) coldRows.push(r);
    else data.set(known.data.subarray(item * columns, (item + 1) * columns), r * columns);
  }
  if (coldRows.length > 0) {
    const extracted = await cold(gatherFeatures(items.features, coldRows));
    coldRows.forEach((r, k) => {
      data.set(extracted.data.subarray(k * columns, (k + 1) * columns), r * columns);
    });
  }
  return { rows: indices.length, columns, data };
};
