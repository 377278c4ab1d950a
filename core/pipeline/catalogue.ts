import { gatherFeatures } from '../data/index.ts';
import type { Bitmap, FeatureRows, ItemFilter, ItemRecord, Matrix } from '../spi/index.ts';
import { RecographError } from '../spi/index.ts';
import { createMatching } from './matching.ts';

/**
 * The items a pipeline may list: the vocabulary's, then the overlay of items that came after training.
 * One catalogue an overlay version; immutable.
 */
export interface ItemCatalogue {
  /** Vocabulary and overlay. */
  readonly itemCount: number;
  readonly vocabularySize: number;
  /** The host's id of an item. */
  id(item: number): string;
  /** Which items may be listed at all; absent = every one. */
  readonly available: Bitmap | undefined;
  /** Feature rows of these items, in their order. */
  features(items: Int32Array): FeatureRows;
  /** Feature rows of items `from .. to`, without a copy where all are asked for. */
  range(from: number, to: number): FeatureRows;
  /** [itemCount x width]: the cached vectors of an item extractor; undefined where there is none of that name. */
  vectors(feature: string): Matrix | undefined;
  /** Items whose attributes fit; equal filters give the same object. Throws DEPENDENCY_UNAVAILABLE without records. */
  matching(filter: ItemFilter): Bitmap;
}

export interface CatalogueParts {
  readonly vocabularySize: number;
  readonly id: (item: number) => string;
  /** Vocabulary's rows, then the overlay's. */
  readonly features: FeatureRows;
  readonly available?: Bitmap;
  readonly vectors?: Readonly<Record<string, Matrix>>;
  /** Attributes as the host wrote them, row for row; what filters look at. */
  readonly records?: readonly (Omit<ItemRecord, 'id'> | undefined)[];
}

export const createCatalogue = (parts: CatalogueParts): ItemCatalogue => {
  const { features, records } = parts;
  const matching = records && createMatching(records);
  return {
    itemCount: features.rows,
    vocabularySize: parts.vocabularySize,
    id: parts.id,
    available: parts.available,
    features: (items) => gatherFeatures(features, items),
    range: (from, to) =>
      from === 0 && to === features.rows
        ? features
        : gatherFeatures(
            features,
            Int32Array.from({ length: to - from }, (_, k) => from + k),
          ),
    vectors: (feature) => (parts.vectors && Object.hasOwn(parts.vectors, feature) ? parts.vectors[feature] : undefined),
    matching: (filter) => {
      if (matching) return matching(filter);
      throw new RecographError(
        'DEPENDENCY_UNAVAILABLE',
        'An attribute filter needs item records, and this catalogue was made without them. Pass `records`.',
      );
    },
  };
};
