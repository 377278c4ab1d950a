import { concatFeatures } from '../data/index.ts';
import { createCatalogue, type ItemCatalogue, type Pipeline } from '../pipeline/index.ts';
import type { ComponentGraph } from '../registry/graph.ts';
import type { FeatureRows, Matrix } from '../spi/index.ts';
import { assemblePipelines, type PipelineEnvironment } from '../training/assemble.ts';
import type { Fitted } from '../training/fitted.ts';
import { extractItems } from '../training/vectors.ts';
import type { BundleFront, FrontView } from './front.ts';

/** What a bundle restored, before it meets the catalogue of the moment. */
export interface RestoredParts {
  readonly front: BundleFront;
  readonly graph: ComponentGraph;
  readonly fitted: Fitted;
  /** Of the vocabulary's items, as the components were fitted on them. */
  readonly itemFeatures: FeatureRows;
  readonly vectors: Readonly<Record<string, Matrix>>;
}

/** A bundle over one state of the catalogue. Immutable: a changed catalogue makes another view. */
export interface BundleView {
  readonly catalogue: ItemCatalogue;
  readonly pipelines: Readonly<Record<string, Pipeline>>;
  /** Throws RangeError outside vocabulary and overlay. */
  itemId(index: number): string;
}

/** The vectors of overlay items are extracted here. */
export const createView = async (
  { front, graph, fitted, itemFeatures, vectors }: RestoredParts,
  environment: PipelineEnvironment,
  { overlay, records, available, itemId }: FrontView,
): Promise<BundleView> => {
  const { items, encoders } = front;
  const overlayFeatures = encoders.items(overlay);
  const overlayVectors = await extractItems(fitted.features, overlayFeatures);
  const catalogue = createCatalogue({
    id: itemId,
    vocabularySize: items.size,
    features: overlay.length === 0 ? itemFeatures : concatFeatures([itemFeatures, overlayFeatures]),
    ...(available ? { available } : {}),
    vectors: Object.fromEntries(
      Object.entries(vectors).map(([name, matrix]) => [name, below(matrix, overlayVectors[name])]),
    ),
    records,
  });
  const layout = { user: encoders.users([]), context: encoders.contexts([]) };
  return { catalogue, itemId, pipelines: assemblePipelines(graph, fitted, catalogue, layout, environment) };
};

const below = (top: Matrix, bottom: Matrix | undefined): Matrix => {
  if (!bottom || bottom.rows === 0) return top;
  const data = new Float32Array(top.data.length + bottom.data.length);
  data.set(top.data);
  data.set(bottom.data, top.data.length);
  return { rows: top.rows + bottom.rows, columns: top.columns, data };
};
