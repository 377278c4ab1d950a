import type {
  Bitmap,
  Clock,
  FittedExtractor,
  FittedModel,
  FittedRanker,
  FittedSource,
  ItemList,
  KeptState,
  Log,
  QueryBatch,
  Ragged,
  Stage,
} from '../spi/index.ts';
import type { ItemCatalogue } from './catalogue.ts';
import type { FieldLayout } from './columns/layout.ts';
import type { GroupOptions, ItemLabels, LabelledCandidates } from './ranking-groups.ts';

/** A ranker as its config asks for it: its feature references, and what was learned once it was. */
export interface RankerPart {
  /** Every `featureRef` of its config, in order. */
  readonly features: readonly string[];
  /** Absent while the ranker's own training groups are made: candidates then keep the merged order. */
  readonly fitted?: FittedRanker;
}

/** What a pipeline's config names, fitted or restored. */
export interface PipelineParts {
  readonly models: Readonly<Record<string, FittedModel>>;
  readonly features: Readonly<Record<string, FittedExtractor>>;
  readonly rankers: Readonly<Record<string, RankerPart>>;
  readonly pipelines: Readonly<Record<string, Pipeline>>;
  /** Source components by their place in `candidates`. */
  readonly sources: Readonly<Record<number, FittedSource>>;
  /** Stage components, place for place. */
  readonly filters: readonly Stage[];
  readonly rerank: readonly Stage[];
  readonly catalogue: ItemCatalogue;
  /** Columns of users and context as the feature vocabulary encodes them; rows do not matter. */
  readonly layout?: FieldLayout;
  readonly clock: Clock;
  readonly log: Log;
}

/** A query batch, and what each request asks beyond it. One entry a query everywhere. */
export interface RequestBatch {
  readonly queries: QueryBatch;
  /** How many items each request wants. */
  readonly n: Uint32Array;
  /** Items the request itself does not want. */
  readonly exclude: Ragged;
  /** 1 = leave out what stands in the history, 0 = do not, -1 = as the pipeline's config says. */
  readonly excludeSeen: Int8Array;
  /**
   * The request's filter, evaluated (`catalogue.matching`); undefined = none. Requests with the same bitmap
   * object are answered together.
   */
  readonly allow: readonly (Bitmap | undefined)[];
  /** 0..1; NaN = the config's own. */
  readonly diversity: Float32Array;
  /** Milliseconds since the epoch; Infinity = none. */
  readonly deadline: Float64Array;
  /**
   * Items that stand last, in their order, among equal scores, at every cut and merge. Evaluation names the held-out
   * ones, so that a tie never counts for a pipeline. Default: equal scores stand in ascending item order.
   */
  readonly tiesLast?: Ragged;
}

export type ServedBy = 'PIPELINE' | 'FOLD_IN' | 'FALLBACK';

/** A stage that was left out: `candidates.taste`, `ranker.main`, `rerank[0].mmr`. */
export interface StageFailure {
  readonly stage: string;
  /** One of `ERROR_CODES`. */
  readonly code: string;
  readonly message: string;
}

/** One entry a query. */
export interface PipelineResult {
  readonly lists: readonly ItemList[];
  /** Row for row with a list's items: bit s = `sourceNames[s]` gave it. 0 = a stage brought it in. */
  readonly sources: readonly Uint32Array[];
  /** Candidate sources in the order of the config, then fallback models. */
  readonly sourceNames: readonly string[];
  readonly servedBy: readonly ServedBy[];
  readonly failures: readonly (readonly StageFailure[])[];
}

export interface RunOptions {
  /** Throw what a component throws instead of degrading; what training and evaluation want. Default false. */
  readonly strict?: boolean;
  /** Fill lists that are too short from the fallback models. Default true. */
  readonly fallback?: boolean;
}

/** A compiled funnel. Immutable; batches may run at the same time. */
export interface Pipeline {
  readonly name: string;
  readonly sourceNames: readonly string[];
  /** What must stand in `queries.extra`, nested pipelines included. */
  readonly requires: readonly string[];
  /** Kept states of its stages, nested pipelines included. */
  readonly keeps: readonly KeptState[];
  run(batch: RequestBatch, options?: RunOptions): Promise<PipelineResult>;
  /** The ranker's training groups: the candidates and features that `run` would give the ranker. */
  rankingGroups(queries: QueryBatch, labels: ItemLabels, options?: GroupOptions): Promise<LabelledCandidates>;
}
