import { createCatalogue, type ItemCatalogue, type Pipeline } from '../pipeline/index.ts';
import type { ComponentGraph } from '../registry/graph.ts';
import { assemblePipelines, type PipelineEnvironment } from '../training/assemble.ts';
import type { Fitted } from '../training/fitted.ts';
import type { BundleFront, FrontView } from './front.ts';
import type { createItemContent } from './item-content.ts';

/** What a bundle restored, before it meets the catalogue of the moment. */
export interface RestoredParts {
  readonly front: BundleFront;
  readonly graph: ComponentGraph;
  readonly fitted: Fitted;
  readonly content: ReturnType<typeof createItemContent>;
}

/** A bundle over one state of the catalogue. Immutable: a changed catalogue makes another view. */
export interface BundleView {
  readonly catalogue: ItemCatalogue;
  readonly pipelines: Readonly<Record<string, Pipeline>>;
  /** Throws RangeError outside vocabulary and overlay. */
  itemId(index: number): string;
}

export const createView = async (
  { front, graph, fitted, content }: RestoredParts,
  environment: PipelineEnvironment,
  { records, available, itemId }: FrontView,
): Promise<BundleView> => {
  const { items, encoders } = front;
  const catalogue = createCatalogue({
    id: itemId,
    vocabularySize: items.size,
    ...(available ? { available } : {}),
    ...(await content(records)),
    records,
  });
  const layout = { user: encoders.users([]), context: encoders.contexts([]) };
  return { catalogue, itemId, pipelines: assemblePipelines(graph, fitted, catalogue, layout, environment) };
};
