import type { ProtocolRecord } from './protocol.ts';

export interface Seconds {
  readonly fit: number;
  /** The target's own scoring, without ranking and metrics. */
  readonly score: number;
}

/** Figures by metric name; null = undefined on this data. */
export type Figures = Readonly<Record<string, number | null>>;

export interface FoldResult {
  readonly users: number;
  readonly seconds: Seconds;
  readonly metrics: Figures;
}

export interface TargetResult {
  readonly target: string;
  readonly seconds: Seconds;
  /** Means over users (over rows for pointwise metrics), then over folds. */
  readonly metrics: Figures;
  /** 95 % bootstrap intervals over users; metrics over all lists at once have none. */
  readonly interval: Readonly<Record<string, readonly [number, number]>>;
  /** Metrics that do not apply to this target, and why. */
  readonly skipped?: Readonly<Record<string, string>>;
  /** Why a figure is null, by metric; absent where all have a value. */
  readonly why?: Readonly<Record<string, string>>;
  /** Test rows that the target could not score, where pointwise metrics were asked for. */
  readonly unscoredRows?: number;
  readonly folds?: readonly FoldResult[];
}

/** What `evaluate --json` prints. */
export interface EvaluationReport {
  readonly fingerprint: string;
  readonly protocol: ProtocolRecord;
  /** Users evaluated, over all folds. */
  readonly users: number;
  readonly seconds: number;
  readonly warnings: readonly string[];
  readonly results: readonly TargetResult[];
}

/** One value a user of each list metric, per fold, in the order of `users` (ids). */
export interface Samples {
  readonly target: string;
  readonly folds: readonly {
    readonly users: readonly string[];
    readonly values: Readonly<Record<string, Float64Array>>;
  }[];
}

export interface Evaluated {
  readonly report: EvaluationReport;
  /** Kept out of the report for its size; what a paired comparison needs. */
  readonly samples?: readonly Samples[];
}
