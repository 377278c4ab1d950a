/** Who answered: the funnel, the funnel by folding in a user it was not trained on, or the fallback list. */
export type ServedBy = 'PIPELINE' | 'FOLD_IN' | 'FALLBACK';

/** A stage that failed, was skipped or came too late; the answer was made without it. */
export interface StageFailure {
  readonly stage: string;
  readonly code: string;
  readonly message: string;
}

/** One frozen answer: pages are cut from it, so that paging never repeats or skips. */
export interface Slate {
  readonly recommendationId: string;
  readonly user: string | null;
  readonly pipeline: string;
  readonly bundle: string;
  readonly createdAt: number;
  readonly servedBy: ServedBy;
  readonly degraded: readonly StageFailure[];
  readonly items: readonly SlateItem[];
}

export interface SlateItem {
  readonly id: string;
  /** From 1. */
  readonly rank: number;
  readonly score: number;
  /** The candidate sources that named it. */
  readonly sources: readonly string[];
}
