import type { FeatureRows, QueryBatch } from '../../spi/index.ts';
import type { ItemCatalogue } from '../catalogue.ts';
import type { Candidates, ModelAccess } from '../model-access.ts';
import type { PipelineParts } from '../types.ts';

/** Candidates of a batch, and what is looked up about them: each thing once, however many columns want it. */
export interface CandidateRows extends Candidates {
  readonly queries: QueryBatch;
  readonly catalogue: ItemCatalogue;
  /** Which query each candidate belongs to. */
  readonly queryOf: Int32Array;
  itemFeatures(): FeatureRows;
  scores(model: string): Promise<Float32Array>;
}

export const candidateRows = (
  parts: Pick<PipelineParts, 'catalogue' | 'models'>,
  access: ModelAccess,
  queries: QueryBatch,
  lists: readonly { readonly items: Int32Array }[],
): CandidateRows => {
  const offsets = new Uint32Array(lists.length + 1);
  for (let q = 0; q < lists.length; q++) offsets[q + 1] = offsets[q]! + lists[q]!.items.length;
  const indices = new Int32Array(offsets[lists.length]!);
  const queryOf = new Int32Array(indices.length);
  for (let q = 0; q < lists.length; q++) {
    indices.set(lists[q]!.items, offsets[q]);
    queryOf.fill(q, offsets[q], offsets[q + 1]);
  }
  let features: FeatureRows | undefined;
  const scores = new Map<string, Promise<Float32Array>>();
  return {
    offsets,
    indices,
    queryOf,
    queries,
    catalogue: parts.catalogue,
    itemFeatures: () => {
      features ??= parts.catalogue.features(indices);
      return features;
    },
    scores: (model) => {
      let known = scores.get(model);
      if (!known) {
        known = access.score(parts.models[model]!, queries, { offsets, indices });
        scores.set(model, known);
      }
      return known;
    },
  };
};
