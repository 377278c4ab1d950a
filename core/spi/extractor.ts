import type { Matrix } from './arrays.ts';
import type { Dataset, FeatureRows } from './dataset.ts';
import type { FitOptions, Inputs } from './fit.ts';
import type { QueryBatch } from './query.ts';
import type { ComponentState } from './state.ts';

/** Turns items (from their features alone, so new items too) or queries into vectors of one width. */
export type FittedExtractor = ItemExtractor | UserExtractor;

interface ExtractorBase {
  readonly width: number;
  /** A label for each column of the vector, where one can be named. */
  readonly labels?: readonly string[];
  state(): ComponentState;
  dispose?(): void;
}

/** Runs once an item; core caches the vectors in the bundle, and in the overlay of new items. */
export interface ItemExtractor extends ExtractorBase {
  readonly subject: 'item';
  /** [rows x width]; a row of NaN = nothing to extract from. */
  extract(items: FeatureRows): Promise<Matrix>;
}

export interface UserExtractor extends ExtractorBase {
  readonly subject: 'user';
  readonly requires?: readonly string[];
  /** [queries x width]; a row of NaN = nothing to extract from. */
  extract(queries: QueryBatch): Promise<Matrix>;
}

/** What a feature component's `create` returns. */
export interface Extractor {
  fit(data: Dataset, inputs: Inputs, options: FitOptions): Promise<FittedExtractor>;
  restore(state: ComponentState, inputs: Inputs): Promise<FittedExtractor> | FittedExtractor;
}
