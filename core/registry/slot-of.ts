import type { Components } from './components.ts';
import type { GraphNode } from './graph.ts';
import { inspect } from './inspect.ts';
import { formatPath } from './problems.ts';
import type { Config } from './sections/index.ts';
import { slotsOf } from './slots.ts';

/** The slot of a node of the config's graph. Throws RangeError for a node of another config. */
export const slotOf = (config: Config, node: GraphNode): { readonly use: string; readonly config: unknown } => {
  for (const { path, slot } of slotsOf(config)) {
    if (formatPath(path) === node.slot) return slot as { use: string; config: unknown };
  }
  throw new RangeError(`the config has no slot ${node.slot}`);
};

/** The feature columns that a ranker's config asks for, in order. */
export const rankerFeatures = (config: Config, components: Components, ranker: string): readonly string[] => {
  const slot = config.rankers[ranker];
  const component = slot && components.find('ranker', slot.use);
  if (!component) throw new RangeError(`the config has no ranker ${ranker}`);
  return inspect(component.schema, slot.config, ['rankers', ranker]).refs.flatMap(({ ref, name }) =>
    ref === 'feature' ? [name] : [],
  );
};
