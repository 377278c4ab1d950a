import type { Csr } from './arrays.ts';

/** A bijection between the host's string ids and indices 0 .. size - 1. */
export interface Vocabulary {
  readonly size: number;
  /** -1 when the id is not known. */
  index(id: string): number;
  /** Throws RangeError outside 0 .. size - 1. */
  id(index: number): string;
}

/**
 * Columns of features, encoded by the bundle's feature vocabulary. In integer codes 0 means missing and
 * 1 means unseen while fitting.
 */
export interface FeatureRows {
  readonly rows: number;
  readonly columns: Readonly<Record<string, FeatureColumn>>;
}

export type FeatureColumn =
  /** [rows x width]; NaN = missing. Scalars have width 1, embeddings from elsewhere more. */
  | { readonly kind: 'dense'; readonly width: number; readonly values: Float32Array }
  /** One code a row, 0 <= code < size. */
  | { readonly kind: 'categorical'; readonly size: number; readonly codes: Int32Array }
  /** Any number of codes a row, in the order of the source (tokens of a text stay a sequence). */
  | { readonly kind: 'bag'; readonly size: number; readonly offsets: Uint32Array; readonly codes: Int32Array }
  /** The raw strings, for extractors that tokenise or load files themselves; null = missing. */
  | { readonly kind: 'text'; readonly values: readonly (string | null)[] };

/**
 * Events in columns, sorted by user, then time, then `eventIds`. Row k is one event.
 * `weights` is the implicit strength after `data.feedback`: 0 = seen but not a positive
 * (a rating under `min`), otherwise > 0. `values` is what the host recorded; NaN where it recorded none.
 */
export interface Interactions {
  readonly length: number;
  readonly users: Int32Array;
  readonly items: Int32Array;
  readonly values: Float32Array;
  readonly weights: Float32Array;
  /** Milliseconds since the epoch; NaN where unknown (order in the source then counts as time). */
  readonly times: Float64Array;
  /** Index into `typeNames`. */
  readonly types: Uint8Array;
  readonly typeNames: readonly string[];
  /** Which event this is, across splits: the store's id, or the line of its file. Unique in a dataset. */
  readonly eventIds: Float64Array;
  /** Rows of user u: `userOffsets[u] .. userOffsets[u + 1]`. */
  readonly userOffsets: Uint32Array;
  /** The request context recorded with each event, row for row; no columns where none was recorded. */
  readonly context: FeatureRows;
}

/** What components are fitted on: immutable, and the same for every component of a run. */
export interface Dataset {
  readonly users: Vocabulary;
  readonly items: Vocabulary;
  readonly interactions: Interactions;
  readonly userFeatures: FeatureRows;
  readonly itemFeatures: FeatureRows;
  /** The newest event's time, ms; what "now" means to a component while fitting. */
  readonly until: number;
  /** SHA-256 of the content, hex: equal content has an equal fingerprint. */
  readonly fingerprint: string;
  /** Positives as [users x items], repeated events summed by weight; computed once, then shared. */
  positives(): Csr;
  /** `positives()` transposed: [items x users]. */
  positivesByItem(): Csr;
}
