import {
  type FeatureRows,
  type FittedExtractor,
  type FittedModel,
  type ItemExtractor,
  type ItemSet,
  type Matrix,
  type RaggedItems,
  RecographError,
  type SharedItems,
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

/** Vectors, and an item set's places in them: what `scoreByDot` takes. */
export interface PlacedVectors {
  readonly vectors: Matrix;
  readonly items: Pick<SharedItems, 'kind' | 'indices'> | Pick<RaggedItems, 'kind' | 'offsets' | 'indices'>;
}

/**
 * The vectors of an item set: `known` as it is where all its items are in the vocabulary; otherwise one row an item,
 * those of items behind the vocabulary by `cold`, which gets the features of these items alone.
 */
export const vectorsOfItems = async (
  items: ItemSet,
  known: Matrix,
  cold: (features: FeatureRows) => Promise<Matrix>,
): Promise<PlacedVectors> => {
  const { indices } = items;
  const { columns } = known;
  const coldRows: number[] = [];
  for (let r = 0; r < indices.length; r++) if (indices[r]! >= known.rows) coldRows.push(r);
  if (coldRows.length === 0) return { vectors: known, items };
  const extracted = await cold(gatherFeatures(items.features, coldRows));
  const data = new Float32Array(indices.length * columns);
  for (let r = 0, k = 0; r < indices.length; r++) {
    const item = indices[r]!;
    const from = item < known.rows ? known.data : extracted.data;
    const row = item < known.rows ? item : k++;
    data.set(from.subarray(row * columns, (row + 1) * columns), r * columns);
  }
  return {
    vectors: { rows: indices.length, columns, data },
    items: { ...items, indices: Int32Array.from(indices.keys()) },
  };
};
