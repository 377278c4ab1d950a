import type { ServedBy, StageFailure } from '../pipeline/index.ts';

/** One frozen answer: pages are cut from it, so that paging never repeats or skips. */
export interface Slate {
  readonly recommendationId: string;
  readonly user: string | null;
  readonly pipeline: string;
  readonly bundle: string;
  /** Ms since the epoch. */
  readonly createdAt: number;
  readonly servedBy: ServedBy;
  /** Stages that failed, were skipped or came too late; the answer was made without them. */
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

/** Items like one item, or popular ones. */
export interface ScoredList {
  readonly bundle: string;
  readonly model: string;
  readonly items: readonly Omit<SlateItem, 'sources'>[];
}
