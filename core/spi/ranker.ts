import type { Matrix } from './arrays.ts';
import type { FitOptions, Inputs } from './fit.ts';
import type { ComponentState } from './state.ts';

/**
 * Candidates of many requests with their feature columns, as core assembled them from the pipeline's own
 * sources: the same code in training and in serving. Group g is rows `offsets[g] .. offsets[g + 1]`.
 */
export interface RankingGroups {
  readonly offsets: Uint32Array;
  /** [candidates x columns]; NaN = this feature is missing for this candidate. */
  readonly features: Matrix;
  /** One name a column: `taste.score`, `text[3]`, `item.price`. */
  readonly columns: readonly string[];
}

/** Groups labelled by what the users did next: 0 = ignored, larger = better. `weights` defaults to 1. */
export interface LabelledGroups extends RankingGroups {
  readonly labels: Float32Array;
  readonly weights?: Float32Array;
}

export interface FittedRanker {
  /** One score a candidate, larger is better. */
  score(groups: RankingGroups): Promise<Float32Array>;
  state(): ComponentState;
  dispose?(): void;
}

/** What a ranker component's `create` returns. Its config names feature columns by `featureRef()`. */
export interface Ranker {
  fit(groups: LabelledGroups, inputs: Inputs, options: FitOptions): Promise<FittedRanker>;
  restore(state: ComponentState, inputs: Inputs): Promise<FittedRanker> | FittedRanker;
}
