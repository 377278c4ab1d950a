import { queriesOf } from '../data/index.ts';
import { createModelAccess, type ItemCatalogue } from '../pipeline/index.ts';
import type { ComponentGraph } from '../registry/graph.ts';
import type { Config } from '../registry/sections/index.ts';
import { slotOf } from '../registry/slot-of.ts';
import type { ComponentState, Dataset, Json, Kind } from '../spi/index.ts';
import type { BundleComponent, BundleContents } from './bundle.ts';
import type { Encoders } from './encoders.ts';
import { featureRowsToState } from './feature-rows-state.ts';
import { catalogueOf, type RunEnvironment } from './fit-run.ts';
import { type Fitted, SECTION_OF } from './fitted.ts';
import { similarIndex } from './similar-index.ts';
import { statesOf } from './states.ts';
import type { TrainedRun } from './train.ts';

const FALLBACK_LENGTH = 200;

/** One training run as a bundle holds it. */
export const bundleContents = async (
  graph: ComponentGraph,
  { fitted, frozen }: TrainedRun,
  all: Dataset,
  config: Config,
  encoders: Encoders,
  recordOf: RunEnvironment['recordOf'],
  manifest: Omit<BundleContents['manifest'], 'components'>,
): Promise<BundleContents> => {
  const catalogue = await catalogueOf(all, fitted, recordOf);
  const states: Record<string, ComponentState> = {
    ...statesOf(fitted),
    catalogue: featureRowsToState(all.itemFeatures),
    ...(await similarIndex(fitted.models, config)),
  };
  for (const [name, extractor] of Object.entries(fitted.features)) {
    const vectors = extractor.subject === 'item' ? catalogue.vectors(name) : undefined;
    if (!vectors) continue;
    const tensor = { shape: [vectors.rows, vectors.columns], data: vectors.data };
    states[`vectors.${name}`] = { json: null, tensors: { vectors: tensor } };
  }
  const { plugins: _, ...plain } = config;
  return {
    manifest: { ...manifest, components: componentsOf(graph, config, frozen) },
    users: idsOf(all.users),
    items: idsOf(all.items),
    typeNames: all.interactions.typeNames,
    config: plain as unknown as Json,
    features: encoders.toJson(),
    states,
    fallback: await fallbackLists(graph, fitted, all, config, catalogue, encoders),
  };
};

const idsOf = (vocabulary: Dataset['users']): string[] =>
  Array.from({ length: vocabulary.size }, (_, index) => vocabulary.id(index));

const componentsOf = (graph: ComponentGraph, config: Config, frozen: ReadonlySet<string>): BundleComponent[] =>
  graph.map((node) => ({
    kind: node.kind as Kind | 'pipeline',
    name: node.name,
    type: node.kind === 'pipeline' ? 'pipeline' : slotOf(config, node).use,
    frozen: node.kind in SECTION_OF && frozen.has(`${node.kind} ${node.name}`),
  }));

/** Each pipeline's fallback models asked for somebody nobody knows; without any, the most liked items. */
const fallbackLists = async (
  graph: ComponentGraph,
  fitted: Fitted,
  all: Dataset,
  config: Config,
  catalogue: ItemCatalogue,
  encoders: Encoders,
): Promise<Record<string, number[]>> => {
  const access = createModelAccess(catalogue);
  const nobody = anonymousQuery(all, encoders);
  const limits = { exclude: { offsets: new Uint32Array(2), values: new Int32Array(0) } };
  const lists: Record<string, number[]> = {};
  for (const { kind, name } of graph) {
    if (kind !== 'pipeline') continue;
    const items = new Set<number>();
    for (const model of config.pipelines[name]!.fallback) {
      const [list] = await access.recommend(fitted.models[model]!, nobody, FALLBACK_LENGTH, limits);
      for (const item of list!.items) items.add(item);
    }
    lists[name] = items.size > 0 ? [...items].slice(0, FALLBACK_LENGTH) : mostLiked(all);
  }
  return lists;
};

const anonymousQuery = (all: Dataset, encoders: Encoders) => {
  const query = queriesOf(all, new Int32Array(0));
  return {
    ...query,
    size: 1,
    users: Int32Array.of(-1),
    seeds: Uint32Array.of(0),
    now: Float64Array.of(all.until),
    histories: { ...query.histories, offsets: new Uint32Array(2) },
    userFeatures: encoders.users([undefined]),
    context: encoders.contexts([{}]),
  };
};

const mostLiked = (all: Dataset): number[] => {
  const { offsets } = all.positivesByItem();
  return Array.from({ length: all.items.size }, (_, item) => item)
    .sort((a, b) => offsets[b + 1]! - offsets[b]! - (offsets[a + 1]! - offsets[a]!) || a - b)
    .slice(0, FALLBACK_LENGTH);
};
