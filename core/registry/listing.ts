import { z } from 'zod';
import type { Json, Kind } from '../spi/index.ts';
import type { Components } from './components.ts';

export interface ListedComponent {
  readonly kind: Kind;
  readonly type: string;
  readonly plugin: string;
  /** JSON Schema of its config as written. */
  readonly config: Json;
}

/** Every component type that is loaded, with what its config may say. */
export const componentListing = (components: Components): ListedComponent[] =>
  components.all.map((component) => ({
    kind: component.kind,
    type: component.type,
    plugin: components.pluginOf(component),
    config: z.toJSONSchema(component.schema, { io: 'input', unrepresentable: 'any' }) as unknown as Json,
  }));
