import type { Ragged } from './arrays.ts';
import type { Dataset, Interactions } from './dataset.ts';
import type { Rng } from './fit.ts';

/** What a metric may know besides the lists: the past the targets were fitted on. */
export interface MetricData {
  readonly train: Dataset;
  /** The user's masked items, ascending: never candidates of theirs. */
  masked(user: number): Int32Array;
}

/** One user's list against what was held out. At equal scores other items stand before relevant ones. */
export interface RankedList {
  readonly user: number;
  /** Best first; may be longer or shorter than the metric's k. */
  readonly items: Int32Array;
  /** `hits[p]` is 1 where `items[p]` is relevant, 0 elsewhere. */
  readonly hits: Uint8Array;
  /** The held-out positives, ascending, never empty. */
  readonly relevant: Int32Array;
  /** The value recorded with each of `relevant`, the largest where there are several; NaN where none was. */
  readonly grades: Float32Array;
}

/** A figure of each user, averaged: the first `k` places of a list in, one value out; NaN leaves the user out of the mean. */
export interface ListMetric {
  readonly over: 'list';
  readonly lowerIsBetter?: boolean;
  prepare(data: MetricData): (list: RankedList, k: number) => number;
}

/** A figure over all users' lists at once (coverage, gini): row r is a list cut at k. */
export interface CatalogueMetric {
  readonly over: 'lists';
  readonly lowerIsBetter?: boolean;
  prepare(data: MetricData): (lists: Ragged, k: number) => number;
}

/** Test rows that the model could score, each in its own context. */
export interface ScoredRows {
  readonly scores: Float32Array;
  /** 1 = positive, 0 = not. */
  readonly labels: Float32Array;
  /** What was recorded; NaN = nothing. */
  readonly values: Float32Array;
}

/** A figure over the test rows. */
export interface PointMetric {
  readonly over: 'rows';
  readonly lowerIsBetter?: boolean;
  /** What the scores must be; models calibrated otherwise are skipped. */
  readonly needs?: 'value' | 'probability';
  /** The figure under row weights: the bootstrap gives a row the number of times its user was drawn. */
  prepare(rows: ScoredRows): (weights: Float64Array) => number;
}

export type Metric = ListMetric | CatalogueMetric | PointMetric;

/** Row numbers of `interactions` for each part, ascending; a row is in at most one. */
export interface SplitRows {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
  readonly test: Uint32Array;
}

export interface Splitter {
  /** One entry a fold. */
  split(interactions: Interactions, rng: Rng): readonly SplitRows[];
}
