import { createCatalogue, type FieldLayout, type ItemCatalogue } from '../pipeline/index.ts';
import type { ComponentGraph, GraphNode } from '../registry/graph.ts';
import { slotOf } from '../registry/slot-of.ts';
import { type Dataset, type ItemRecord, RecographError } from '../spi/index.ts';
import { assemblePipelines, type PipelineEnvironment } from './assemble.ts';
import { type FitEnvironment, type FitFigures, fitGraph, timedFit } from './fit-graph.ts';
import { type Fitted, inputsFor, nothingFitted, withFitted } from './fitted.ts';
import { type EventWeight, rankingQueries } from './ranking-queries.ts';
import { extractItems } from './vectors.ts';

/** Unlabelled candidates a ranking group keeps. */
const NEGATIVES = 100;
/** Groups a ranker learns from at most; more users are sampled. */
const MAX_GROUPS = 20_000;

export interface FitRun {
  readonly fitted: Fitted;
  /** By slot, `models.taste`. */
  readonly figures: Readonly<Record<string, FitFigures>>;
}

/** What a run learns from. */
export interface LearningParts {
  /** What models and features are fitted on. */
  readonly past: Dataset;
  /** What happened next: labels of the rankers' training groups. Needed where the graph has a ranker. */
  readonly recent?: Dataset;
  /** For early stopping. */
  readonly validation?: Dataset;
}

export interface RunEnvironment extends FitEnvironment, PipelineEnvironment {
  /** The catalogue's records, which filters look at. */
  recordOf(item: string): ItemRecord | undefined;
  /** Default: all events weigh alike. */
  readonly eventWeight?: EventWeight | undefined;
}

/**
 * Fits a graph once: models and features on the past, then each ranker on the candidates that its pipeline,
 * fitted on the past, gives for the users who came back, labelled by what they did then.
 */
export const fitRun = async (
  graph: ComponentGraph,
  { past, recent, validation }: LearningParts,
  environment: RunEnvironment,
): Promise<FitRun> => {
  let { fitted, figures } = await fitGraph(graph, past, validation, nothingFitted, environment);
  const catalogue = await catalogueOf(past, fitted, environment.recordOf);
  for (const pipeline of graph.filter(({ kind }) => kind === 'pipeline')) {
    const ranker = graph.find((node) => node.kind === 'ranker' && usesRanker(pipeline, node));
    if (!ranker || Object.hasOwn(fitted.rankers, ranker.name)) continue;
    if (!recent) throw new RangeError('a graph with rankers needs the events that came next');
    const compiled = assemblePipelines(graph, fitted, catalogue, layoutOf(past), environment)[pipeline.name]!;
    const { queries, labels } = rankingQueries(past, recent, MAX_GROUPS, environment.seed, environment.eventWeight);
    const extra = Object.fromEntries(compiled.keeps.map(({ name, initial }) => [name, initial]));
    const { groups } = await compiled.rankingGroups({ ...queries, extra }, labels, { negatives: NEGATIVES });
    if (groups.offsets.length < 2) {
      const message = `${ranker.slot} has nothing to learn from: none of the ${queries.size} held-out requests found a liked item among its candidates in ${pipeline.slot}. Raise the candidates' n, or give more data.`;
      throw new RecographError('DATA_EMPTY', message, { at: ranker.slot });
    }
    const instance = environment.create('ranker', slotOf(environment.config, ranker), ranker.slot);
    const [component, took] = await timedFit(ranker, environment, (options) =>
      instance.fit(groups, inputsFor(fitted, ranker.slot, environment), options),
    );
    figures = { ...figures, [ranker.slot]: took };
    fitted = withFitted(fitted, 'ranker', ranker.name, component);
  }
  return { fitted, figures };
};

/** The vocabulary's items as pipelines see them, extractors' vectors included. */
export const catalogueOf = async (
  data: Dataset,
  fitted: Fitted,
  recordOf: RunEnvironment['recordOf'],
): Promise<ItemCatalogue> =>
  createCatalogue({
    id: data.items.id,
    vocabularySize: data.items.size,
    features: data.itemFeatures,
    vectors: await extractItems(fitted.features, data.itemFeatures),
    records: Array.from({ length: data.items.size }, (_, item) => recordOf(data.items.id(item))),
  });

export const layoutOf = (data: Dataset): FieldLayout => ({
  user: data.userFeatures,
  context: data.interactions.context,
});

const usesRanker = (pipeline: GraphNode, ranker: GraphNode): boolean =>
  pipeline.dependsOn.some(({ kind, name }) => kind === 'ranker' && name === ranker.name);
