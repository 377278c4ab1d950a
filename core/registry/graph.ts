import { type Kind, RecographError } from '../spi/index.ts';
import type { Components } from './components.ts';
import { inspect } from './inspect.ts';
import { namesOf, resolveRef } from './names.ts';
import { formatPath } from './problems.ts';
import type { Config } from './sections/index.ts';
import { slotsOf } from './slots.ts';

export type NodeKind = Extract<Kind, 'model' | 'feature' | 'ranker' | 'source' | 'stage'> | 'pipeline';

export interface Dependency {
  readonly kind: NodeKind;
  readonly name: string;
  /**
   * What is used of it. `score`, `rank`: scalars of a model; `vectors`: a feature's or a model's vectors; `model`: the
   * fitted model itself. A pipeline uses its parts as `candidates`, `filters`, `ranker`, `rerank` and `fallback`.
   */
  readonly via: 'score' | 'rank' | 'vectors' | 'model' | 'candidates' | 'filters' | 'ranker' | 'rerank' | 'fallback';
}

export interface GraphNode {
  readonly kind: NodeKind;
  /** The key in its section; a pipeline's own source or stage goes by its path, `pipelines.home.rerank[0]`. */
  readonly name: string;
  /** Where it stands in the config: `models.taste`. */
  readonly slot: string;
  readonly dependsOn: readonly Dependency[];
}

/** Nodes in an order in which each comes after all that it depends on. */
export type ComponentGraph = readonly GraphNode[];

const keyOf = (node: { kind: string; name: string }): string => `${node.kind} ${node.name}`;

const slotNodes = (config: Config, components: Components): GraphNode[] => {
  const names = namesOf(config);
  return slotsOf(config).map(({ kind, path, slot }) => {
    const component = components.find(kind, String(slot.use));
    const found = component === undefined ? [] : inspect(component.schema, slot.config, path).refs;
    const dependsOn = new Map<string, Dependency>();
    for (const { ref, name } of found) {
      const target = resolveRef(ref, name, names);
      if (target !== undefined && target !== 'field') dependsOn.set(`${keyOf(target)} ${target.via}`, target);
    }
    const place = formatPath(path);
    const name = path.length === 2 ? String(path[1]) : place;
    return { kind: kind as NodeKind, name, slot: place, dependsOn: [...dependsOn.values()] };
  });
};

const pipelineNodes = (config: Config): GraphNode[] =>
  Object.entries(config.pipelines).map(([name, pipeline]) => {
    const slot = `pipelines.${name}`;
    const stages = (list: 'filters' | 'rerank'): Dependency[] =>
      pipeline[list].map((_, i) => ({ kind: 'stage', name: `${slot}.${list}[${i}]`, via: list }));
    const candidates = pipeline.candidates.map((source, i): Dependency => {
      if ('model' in source) return { kind: 'model', name: source.model, via: 'candidates' };
      if ('pipeline' in source) return { kind: 'pipeline', name: source.pipeline, via: 'candidates' };
      return { kind: 'source', name: `${slot}.candidates[${i}]`, via: 'candidates' };
    });
    const ranker: Dependency[] =
      pipeline.ranker === undefined ? [] : [{ kind: 'ranker', name: pipeline.ranker, via: 'ranker' }];
    const fallback = pipeline.fallback.map((model): Dependency => ({ kind: 'model', name: model, via: 'fallback' }));
    const dependsOn = [...candidates, ...stages('filters'), ...ranker, ...stages('rerank'), ...fallback];
    return { kind: 'pipeline', name, slot, dependsOn };
  });

/** Depth first; `open` is the way here, so meeting one of it again closes a circle. */
const inOrder = (nodes: readonly GraphNode[], roots: readonly GraphNode[]): ComponentGraph => {
  const byKey = new Map(nodes.map((node) => [keyOf(node), node]));
  const done = new Set<GraphNode>();
  const open: GraphNode[] = [];
  const visit = (node: GraphNode): void => {
    if (done.has(node)) return;
    const start = open.indexOf(node);
    if (start >= 0) {
      const circle = [...open.slice(start), node].map((member) => member.slot).join(' -> ');
      throw new RecographError('CYCLE', `${circle} is a circle; let one of them do without the other.`, {
        at: node.slot,
      });
    }
    open.push(node);
    for (const dependency of node.dependsOn) {
      const target = byKey.get(keyOf(dependency));
      if (target !== undefined) visit(target);
    }
    open.pop();
    done.add(node);
  };
  for (const root of roots) visit(root);
  return [...done];
};

/**
 * The graph of everything that a parsed config declares: models, features, a pipeline's own sources and stages, then
 * rankers, then pipelines. Throws CYCLE, naming the circle.
 */
export const componentGraph = (config: Config, components: Components): ComponentGraph => {
  const slots = slotNodes(config, components);
  const rankers = slots.filter((node) => node.kind === 'ranker');
  const nodes = [...slots.filter((node) => node.kind !== 'ranker'), ...rankers, ...pipelineNodes(config)];
  return inOrder(nodes, nodes);
};

/** The part of a graph that these pipelines (or other nodes) need, themselves included, in the graph's order. */
export const neededBy = (
  graph: ComponentGraph,
  roots: readonly { readonly kind: NodeKind; readonly name: string }[],
): ComponentGraph => {
  const wanted = new Set(roots.map(keyOf));
  const needed = new Set(
    inOrder(
      graph,
      graph.filter((node) => wanted.has(keyOf(node))),
    ),
  );
  return graph.filter((node) => needed.has(node));
};
