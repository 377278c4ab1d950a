import type { FittedModel, ItemList, Limits, QueryBatch, Ragged } from '../spi/index.ts';

/** What answers with lists alone: a pipeline. */
export interface Recommender {
  /** `tiesLast`: held-out items; where the pipeline finds equal scores, they stand last and are cut first. */
  recommend(queries: QueryBatch, n: number, limits: Limits, tiesLast: Ragged): Promise<readonly ItemList[]>;
}

/** What is evaluated: a fitted model (its scores are ranked) or a pipeline (its lists are taken as they are). */
export type Target = {
  /** `models.taste`, `pipelines.home`. */
  readonly name: string;
  /** What fitting it took, s; 0 where it was fitted before. */
  readonly fitSeconds?: number;
} & ({ readonly model: FittedModel } | { readonly pipeline: Recommender });
