import type { Bitmap, Matrix } from './arrays.ts';
import type { Dataset, FeatureRows } from './dataset.ts';
import type { FitOptions, Inputs } from './fit.ts';
import type { ItemList, Limits, QueryBatch } from './query.ts';
import type { ComponentState, Json } from './state.ts';
import type { ItemFilter } from './store.ts';

/** A source of candidates that is no model (a campaign, a trending feed of the host's own). */
export interface FittedSource {
  readonly requires?: readonly string[];
  recommend(queries: QueryBatch, n: number, limits: Limits): Promise<readonly ItemList[]>;
  state(): ComponentState;
  dispose?(): void;
}

export interface Source {
  fit(data: Dataset, inputs: Inputs, options: FitOptions): Promise<FittedSource>;
  restore(state: ComponentState, inputs: Inputs): Promise<FittedSource> | FittedSource;
}

/** What a stage may look at besides the lists. */
export interface StageContext {
  readonly queries: QueryBatch;
  /** How many items each request wants. */
  readonly n: Uint32Array;
  /** Per request, 0..1; NaN = the config's own. */
  readonly diversity: Float32Array;
  /** Vectors of the fitted component a stage's config refers to (`'text'`, or a model with item vectors). */
  vectors(reference: string): Matrix;
  /** Feature rows of these items. */
  features(items: Int32Array): FeatureRows;
  /** The host's id of an item: what kept state is about. */
  id(item: number): string;
  /** Items whose attributes, as the host wrote them, fit; equal filters give the same object. */
  matching(filter: ItemFilter): Bitmap;
  /** Total number of items a list may hold (vocabulary and overlay). */
  readonly itemCount: number;
  /** May this item stand in request q's list? */
  allowed(query: number, item: number): boolean;
}

/** A filter that looks at the attributes of an item and at nothing else. */
export interface ItemRule {
  readonly filter: ItemFilter;
  /** others: what fits is removed. */
  readonly keep: 'matching' | 'others';
}

/** Changes ranked lists: filter, boost, diversify, explore. Returns new lists; never changes its arguments. */
export interface Stage {
  /** Name of a kept state of its own, delivered as `queries.extra[keeps.name]`. */
  readonly keeps?: KeptState;
  /** What a filter does to any list, said once: so fallback lists, which meet no stage, obey it too. */
  readonly rule?: ItemRule;
  /** true = it obeys a request's `diversity`. Where no stage of a pipeline does, such a request is refused. */
  readonly diversifies?: boolean;
  run(lists: readonly ItemList[], context: StageContext): Promise<readonly ItemList[]> | readonly ItemList[];
}

/**
 * State that lives on between requests (bandit counts). Folded on the main thread from what was shown and done,
 * persisted by the store, and handed to the workers with each batch; a worker never writes.
 */
export interface KeptState {
  readonly name: string;
  readonly initial: Json;
  reduce(state: Json, change: StateChange): Json;
}

export type StateChange =
  | { readonly kind: 'shown'; readonly items: readonly string[]; readonly at: number }
  | {
      readonly kind: 'event';
      readonly item: string;
      readonly type: string;
      readonly value: number | null;
      readonly shown: boolean;
      readonly at: number;
    };
