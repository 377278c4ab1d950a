import type { FittedModel, ItemList, Limits, QueryBatch } from '../spi/index.ts';

/** What answers with lists alone: a pipeline. */
export interface Recommender {
  recommend(queries: QueryBatch, n: number, limits: Limits): Promise<readonly ItemList[]>;
}

/** What is evaluated: a fitted model (its scores are ranked) or a pipeline (its lists are taken as they are). */
export type Target = {
  /** `models.taste`, `pipelines.home`. */
  readonly name: string;
  /** What fitting it took, s; 0 where it was fitted before. */
  readonly fitSeconds?: number;
} & ({ readonly model: FittedModel } | { readonly pipeline: Recommender });
