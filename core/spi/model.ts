import type { Matrix } from './arrays.ts';
import type { Dataset } from './dataset.ts';
import type { FitOptions, Inputs } from './fit.ts';
import type { ItemList, ItemSet, Limits, QueryBatch } from './query.ts';
import type { ComponentState } from './state.ts';

/** What a model can do beyond scoring known users and items. */
export interface Capabilities {
  /** Learns from what people did (implicit), from the values they gave (explicit), or both. */
  readonly feedback: readonly ('implicit' | 'explicit')[];
  /**
   * Scores users outside the vocabulary: from their history, from attributes, or not at all. `alike`: everybody gets
   * the same scores, known or not, so that nothing in an answer is about who asks.
   */
  readonly coldUsers: readonly ('history' | 'attributes' | 'alike')[];
  /** Scores items outside the vocabulary from their features. Without it core hides such items from the model. */
  readonly coldItems: boolean;
  /** The order and recency of the history matter. */
  readonly sequential: boolean;
  /** The request's context changes the scores. */
  readonly context: boolean;
  /** Scores are predictions on the scale of the values (ratings) or probabilities, not only an order. */
  readonly calibrated: 'value' | 'probability' | 'none';
}

export interface FittedModel {
  readonly capabilities: Capabilities;
  /** Names of what must stand in `QueryBatch.extra`. */
  readonly requires?: readonly string[];
  /** Shared: [queries x items] row-major; ragged: one a candidate. NaN = cannot score this one. */
  score(queries: QueryBatch, items: ItemSet): Promise<Float32Array>;
  /** A faster road to the best n than scoring everything; core falls back to `score` and top-k. */
  recommend?(queries: QueryBatch, n: number, limits: Limits): Promise<readonly ItemList[]>;
  /**
   * [vocabulary items x width]; what `similar` and learned components use. A row of NaN = no vector: where nobody chose
   * an item, and nothing else is known of it, its first random values are none.
   */
  itemVectors?(): Matrix;
  /**
   * The n items most similar to each of `items`, never the item itself; row q of `limits` is for `items[q]`.
   * For models without dense vectors; core falls back to `itemVectors` and the nearest by cosine.
   */
  similarItems?(items: Int32Array, n: number, limits?: Limits): Promise<readonly ItemList[]>;
  /** [queries x width], in the space of `itemVectors`; a row of NaN = no vector for this query. */
  userVectors?(queries: QueryBatch): Promise<Matrix>;
  state(): ComponentState;
  dispose?(): void;
}

/** What a model component's `create` returns. `fit` gives a new fitted model and changes nothing. */
export interface Model {
  fit(data: Dataset, inputs: Inputs, options: FitOptions): Promise<FittedModel>;
  restore(state: ComponentState, inputs: Inputs): Promise<FittedModel> | FittedModel;
}
