import type { ComponentGraph, GraphNode } from '../registry/graph.ts';

/**
 * The components that must stay as the ranker met them: a ranker's weights on vector columns mean those very vectors,
 * so a feature or model whose vectors reach a ranker is not fitted again, nor is anything it was made from.
 * Keys are `KIND NAME`.
 */
export const frozenBy = (graph: ComponentGraph): ReadonlySet<string> => {
  const byKey = new Map(graph.map((node) => [keyOf(node), node]));
  const frozen = new Set<string>();
  const freeze = (key: string): void => {
    if (frozen.has(key)) return;
    frozen.add(key);
    for (const dependency of byKey.get(key)?.dependsOn ?? []) freeze(keyOf(dependency));
  };
  for (const node of graph) {
    if (node.kind !== 'ranker') continue;
    for (const dependency of node.dependsOn) if (dependency.via === 'vectors') freeze(keyOf(dependency));
  }
  return frozen;
};

export const keyOf = (node: Pick<GraphNode, 'kind' | 'name'>): string => `${node.kind} ${node.name}`;
