import { loadNeighborIndex, type NeighborIndex } from '../math/index.ts';
import { componentGraph } from '../registry/graph.ts';
import type { FeatureRows, FittedModel, ItemRecord, Kernels, Matrix } from '../spi/index.ts';
import type { PipelineEnvironment } from '../training/assemble.ts';
import type { BundleContents } from '../training/bundle.ts';
import { featureRowsFromState } from '../training/feature-rows-state.ts';
import { disposeFitted } from '../training/fitted.ts';
import { restoreFitted } from '../training/states.ts';
import { createCatalogueView } from './catalogue-view.ts';
import { type BundleFront, createFront, type FrontView, frontViewOver } from './front.ts';
import type { FrontParts } from './front-parts.ts';
import { createItemContent } from './item-content.ts';
import { createSimilarityScans, type SimilarityScans } from './similarity-scans.ts';
import { type BundleView, createView } from './view.ts';

/** A restored bundle. */
export interface LoadedBundle extends BundleFront {
  readonly models: Readonly<Record<string, FittedModel>>;
  readonly itemFeatures: FeatureRows;
  /** Over the item vectors of the models that have one. */
  readonly indexes: Readonly<Record<string, NeighborIndex>>;
  /** Over vectors of models and features, for `similar`. */
  readonly scans: SimilarityScans;
  view(records: ReadonlyMap<string, ItemRecord>): Promise<BundleView>;
  viewOver(front: FrontView): Promise<BundleView>;
  dispose(): void;
}

/** Restores components and vectors from what a bundle holds. `environment.config` is the bundle's own. Throws BUNDLE_INVALID. */
export const loadBundle = async (
  parts: FrontParts,
  states: BundleContents['states'],
  environment: PipelineEnvironment,
  kernels: Kernels,
): Promise<LoadedBundle> => {
  const { config, components, create } = environment;
  const fittedKeys = new Set(parts.manifest.components.map(({ kind, name }) => `${kind} ${name}`));
  const graph = componentGraph(config, components).filter(({ kind, name }) => fittedKeys.has(`${kind} ${name}`));
  const front = createFront(parts, create);
  const fitted = await restoreFitted(graph, states, config, create);
  const itemFeatures = featureRowsFromState(states.catalogue!);
  const content = createItemContent(front.encoders, fitted.features, itemFeatures, vectorsOf(states));
  const restored = { front, graph, fitted, content };
  const scans = createSimilarityScans(kernels, config.similar.similarity);
  return {
    ...front,
    models: fitted.models,
    itemFeatures,
    indexes: await indexesOf(states),
    scans,
    view: (records) =>
      createView(restored, environment, frontViewOver(front, createCatalogueView(front.items, records))),
    viewOver: (view) => createView(restored, environment, view),
    dispose: () => {
      scans.dispose();
      disposeFitted(fitted);
    },
  };
};

const indexesOf = async (states: BundleContents['states']): Promise<Record<string, NeighborIndex>> => {
  const indexes: Record<string, NeighborIndex> = {};
  for (const [key, { json, tensors }] of Object.entries(states)) {
    if (!key.startsWith('index.')) continue;
    const { columns } = json as { columns: number };
    const index = await loadNeighborIndex(tensors.index!.data as Uint8Array, columns);
    if (index) indexes[key.slice('index.'.length)] = index;
  }
  return indexes;
};

const vectorsOf = (states: BundleContents['states']): Record<string, Matrix> => {
  const vectors: Record<string, Matrix> = {};
  for (const [key, { tensors }] of Object.entries(states)) {
    const tensor = tensors.vectors;
    if (!key.startsWith('vectors.') || !tensor) continue;
    const [rows, columns] = tensor.shape as [number, number];
    vectors[key.slice('vectors.'.length)] = { rows, columns, data: tensor.data as Float32Array };
  }
  return vectors;
};
