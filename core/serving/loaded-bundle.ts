import { createVocabulary } from '../data/index.ts';
import { componentGraph } from '../registry/graph.ts';
import type { Config } from '../registry/sections/index.ts';
import type { FeatureRows, FittedModel, ItemRecord, Matrix, Vocabulary } from '../spi/index.ts';
import type { PipelineEnvironment } from '../training/assemble.ts';
import type { BundleContents, BundleManifest } from '../training/bundle.ts';
import { type Encoders, encodersFromJson } from '../training/encoders.ts';
import { featureRowsFromState } from '../training/feature-rows-state.ts';
import { disposeFitted } from '../training/fitted.ts';
import { restoreFitted } from '../training/states.ts';
import { type BundleView, createView } from './view.ts';

/** A restored bundle. */
export interface LoadedBundle {
  readonly manifest: BundleManifest;
  readonly config: Config;
  readonly models: Readonly<Record<string, FittedModel>>;
  readonly users: Vocabulary;
  readonly items: Vocabulary;
  readonly typeNames: readonly string[];
  /** An event type's place in `typeNames`; their number for one that came later. */
  typeCode(type: string): number;
  readonly encoders: Encoders;
  readonly itemFeatures: FeatureRows;
  /** Pipeline -> item indices, best first. */
  readonly fallback: Readonly<Record<string, readonly number[]>>;
  view(records: ReadonlyMap<string, ItemRecord>): Promise<BundleView>;
  dispose(): void;
}

/**
 * Restores components, vectors and vocabularies from what a bundle holds. `environment.config` is the bundle's own
 * config. Throws BUNDLE_INVALID.
 */
export const loadBundle = async (
  contents: BundleContents & { manifest: BundleManifest },
  environment: PipelineEnvironment,
): Promise<LoadedBundle> => {
  const { config, components, create } = environment;
  const { states } = contents;
  const fittedKeys = new Set(contents.manifest.components.map(({ kind, name }) => `${kind} ${name}`));
  const graph = componentGraph(config, components).filter(({ kind, name }) => fittedKeys.has(`${kind} ${name}`));
  const fitted = await restoreFitted(graph, states, config, create);
  const users = createVocabulary(contents.users);
  const items = createVocabulary(contents.items);
  const parts = {
    graph,
    fitted,
    users,
    items,
    typeCode: (type: string) => {
      const code = contents.typeNames.indexOf(type);
      return code < 0 ? contents.typeNames.length : code;
    },
    encoders: encodersFromJson(contents.features),
    itemFeatures: featureRowsFromState(states.catalogue!),
    vectors: vectorsOf(contents),
  };
  return {
    manifest: contents.manifest,
    config,
    models: fitted.models,
    users,
    items,
    typeNames: contents.typeNames,
    typeCode: parts.typeCode,
    encoders: parts.encoders,
    itemFeatures: parts.itemFeatures,
    fallback: contents.fallback,
    view: (records) => createView(parts, environment, records),
    dispose: () => disposeFitted(fitted),
  };
};

const vectorsOf = ({ states }: BundleContents): Record<string, Matrix> => {
  const vectors: Record<string, Matrix> = {};
  for (const [key, { tensors }] of Object.entries(states)) {
    const tensor = tensors.vectors;
    if (!key.startsWith('vectors.') || !tensor) continue;
    const [rows, columns] = tensor.shape as [number, number];
    vectors[key.slice('vectors.'.length)] = { rows, columns, data: tensor.data as Float32Array };
  }
  return vectors;
};
