import type { Ragged } from './arrays.ts';
import type { Dataset, Interactions } from './dataset.ts';
import type { Rng } from './fit.ts';

/** One user's list against what was held out; `ranks[j]` is the 1-based rank of the j-th relevant item, 0 = not listed. */
export interface ListMetric {
  readonly over: 'list';
  /** One value a user; NaN = undefined for this user and left out of the mean. */
  user(list: { items: Int32Array; relevant: Int32Array; k: number }): number;
}

/** A figure over all lists at once (coverage, gini). */
export interface CatalogueMetric {
  readonly over: 'lists';
  all(lists: Ragged, k: number, data: Dataset): number;
}

/** A figure over the test rows, each scored in its own context. */
export interface PointMetric {
  readonly over: 'rows';
  /** `labels`: 1 = positive; `values`: what was recorded. */
  all(scores: Float32Array, test: { labels: Float32Array; values: Float32Array }): number;
}

export type Metric = ListMetric | CatalogueMetric | PointMetric;

/** Row numbers of `interactions` for each part; a row is in at most one. */
export interface SplitRows {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
  readonly test: Uint32Array;
}

export interface Splitter {
  /** One entry a fold. */
  split(interactions: Interactions, rng: Rng): readonly SplitRows[];
}
