import type { Bitmap, Ragged } from './arrays.ts';
import type { FeatureRows } from './dataset.ts';

/** Each query's past events, oldest first, up to its `now`. Query q is rows `offsets[q] .. offsets[q + 1]`. */
export interface Histories {
  readonly offsets: Uint32Array;
  readonly items: Int32Array;
  readonly values: Float32Array;
  readonly weights: Float32Array;
  readonly times: Float64Array;
  readonly types: Uint8Array;
}

/**
 * Who asks. No answer may depend on a query's neighbours in the batch: what is random draws from
 * the query's own seed.
 */
export interface QueryBatch {
  readonly size: number;
  /** Index into the vocabulary's users; -1 = not in it (its history may still say who it is). */
  readonly users: Int32Array;
  readonly seeds: Uint32Array;
  readonly histories: Histories;
  readonly userFeatures: FeatureRows;
  readonly context: FeatureRows;
  /** The time of asking, ms since the epoch. */
  readonly now: Float64Array;
  /**
   * What the pipeline's components named in `requires`, e.g. the kept state of a stage, by name. It holds for every
   * query of the batch alike.
   */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** Which items to score, with their features row for row. */
export type ItemSet = SharedItems | RaggedItems;

/** The same items for every query: scores are [queries x indices.length]. */
export interface SharedItems {
  readonly kind: 'shared';
  readonly indices: Int32Array;
  readonly features: FeatureRows;
}

/** Each query's own candidates: query q has rows `offsets[q] .. offsets[q + 1]`; one score a row. */
export interface RaggedItems {
  readonly kind: 'ragged';
  readonly offsets: Uint32Array;
  readonly indices: Int32Array;
  readonly features: FeatureRows;
}

/** Best first: scores do not increase; equal scores stand in ascending item order; no item twice; no NaN. */
export interface ItemList {
  readonly items: Int32Array;
  readonly scores: Float32Array;
}

/** What a list may hold: never an item of the query's `exclude` row; where `allow` is given, only its items. */
export interface Limits {
  readonly exclude: Ragged;
  readonly allow?: Bitmap;
}
