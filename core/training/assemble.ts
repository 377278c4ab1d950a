import { createPipeline, type FieldLayout, type ItemCatalogue, type Pipeline } from '../pipeline/index.ts';
import type { Components } from '../registry/components.ts';
import type { ComponentGraph } from '../registry/graph.ts';
import type { Config } from '../registry/sections/index.ts';
import { rankerFeatures } from '../registry/slot-of.ts';
import type { Clock, Log } from '../spi/index.ts';
import type { CreateComponent } from './fit-graph.ts';
import type { Fitted } from './fitted.ts';

export interface PipelineEnvironment {
  readonly config: Config;
  readonly components: Components;
  readonly create: CreateComponent;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Every pipeline of the graph over these fitted components and this catalogue, nested ones first. A ranker that
 * is not fitted yet leaves its pipeline's candidates in merged order.
 */
export const assemblePipelines = (
  graph: ComponentGraph,
  fitted: Fitted,
  catalogue: ItemCatalogue,
  layout: FieldLayout,
  { config, components, create, clock, log }: PipelineEnvironment,
): Readonly<Record<string, Pipeline>> => {
  const rankers = Object.fromEntries(
    Object.keys(config.rankers).map((name) => [
      name,
      {
        features: rankerFeatures(config, components, name),
        ...(Object.hasOwn(fitted.rankers, name) ? { fitted: fitted.rankers[name]! } : {}),
      },
    ]),
  );
  const pipelines: Record<string, Pipeline> = {};
  for (const node of graph) {
    if (node.kind !== 'pipeline') continue;
    const pipeline = config.pipelines[node.name]!;
    const stages = (list: 'filters' | 'rerank') =>
      pipeline[list].map((slot, i) => create('stage', slot, `${node.slot}.${list}[${i}]`));
    const sources = Object.fromEntries(
      pipeline.candidates.flatMap((_, i) => {
        const source = fitted.sources[`${node.slot}.candidates[${i}]`];
        return source ? [[i, source]] : [];
      }),
    );
    pipelines[node.name] = createPipeline(node.name, pipeline, {
      models: fitted.models,
      features: fitted.features,
      rankers,
      pipelines: { ...pipelines },
      sources,
      filters: stages('filters'),
      rerank: stages('rerank'),
      catalogue,
      layout,
      clock,
      log,
    });
  }
  return pipelines;
};
