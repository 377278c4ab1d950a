import type { ComponentGraph } from '../registry/graph.ts';
import type { Config } from '../registry/sections/index.ts';
import { slotOf } from '../registry/slot-of.ts';
import { type ComponentState, RecographError } from '../spi/index.ts';
import {
  type AnyFitted,
  type CreateComponent,
  type Fitted,
  inputsFor,
  nothingFitted,
  SECTION_OF,
  withFitted,
} from './fitted.ts';

/** What every fitted component learned, by `KIND.NAME`. */
export const statesOf = (fitted: Fitted): Record<string, ComponentState> => {
  const states: Record<string, ComponentState> = Object.create(null);
  for (const [kind, section] of Object.entries(SECTION_OF)) {
    for (const [name, component] of Object.entries(fitted[section] as Record<string, AnyFitted>)) {
      states[`${kind}.${name}`] = component.state();
    }
  }
  return states;
};

/** Components of the graph from their states, each after what it refers to. Throws BUNDLE_INVALID for a missing one. */
export const restoreFitted = async (
  graph: ComponentGraph,
  states: Readonly<Record<string, ComponentState>>,
  config: Config,
  create: CreateComponent,
): Promise<Fitted> => {
  let fitted = nothingFitted;
  for (const node of graph) {
    if (node.kind === 'pipeline' || node.kind === 'stage') continue;
    const state = states[`${node.kind}.${node.name}`];
    if (!state) {
      const message = `The bundle holds no ${node.slot}; the config has changed since it was trained. Train again.`;
      throw new RecographError('BUNDLE_INVALID', message, { at: node.slot });
    }
    const inputs = inputsFor(fitted, node.slot, { config, create });
    const component = await create(node.kind, slotOf(config, node), node.slot).restore(state, inputs);
    fitted = withFitted(fitted, node.kind, node.name, component);
  }
  return fitted;
};
