import { type Component, type Kind, type Plugin, RecographError } from '../spi/index.ts';

/** Every component type that the loaded plugins declare. */
export interface Components {
  readonly all: readonly Component[];
  find(kind: Kind, type: string): Component | undefined;
  /** Type names of one kind, in the order of declaration. */
  types(kind: Kind): readonly string[];
  /** The plugin that declares it. */
  pluginOf(component: Component): string;
}

const KINDS: readonly string[] = [
  'model',
  'feature',
  'ranker',
  'source',
  'stage',
  'metric',
  'splitter',
  'store',
  'graphql',
] satisfies Kind[];

const invalid = (where: string, problem: string): RecographError =>
  new RecographError('PLUGIN_INVALID', `${where} ${problem}`, { at: where });

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const checkPlugin = (value: unknown, index: number): Plugin => {
  const unnamed = `plugins[${index}]`;
  if (!isObject(value)) throw invalid(unnamed, `is ${typeof value}, not a plugin; export definePlugin({ ... }).`);
  if (typeof value.name !== 'string' || value.name === '') {
    throw invalid(unnamed, 'has no name; export definePlugin({ name, apiVersion: 1, components }).');
  }
  const where = `Plugin "${value.name}"`;
  if (value.apiVersion !== 1) {
    throw invalid(where, `has apiVersion ${String(value.apiVersion)}; this release of recograph runs apiVersion 1.`);
  }
  if (!Array.isArray(value.components)) throw invalid(where, 'has no list `components`.');
  for (const component of value.components) checkComponent(where, component);
  return value as unknown as Plugin;
};

const checkComponent = (where: string, value: unknown): void => {
  if (!isObject(value) || typeof value.type !== 'string' || value.type === '') {
    throw invalid(where, 'holds something that is no component; make components with defineModel, defineFeature, ...');
  }
  const what = `${where}: component "${value.type}"`;
  if (!KINDS.includes(String(value.kind))) {
    throw invalid(what, `is of the unknown kind "${String(value.kind)}". Known: ${KINDS.join(', ')}.`);
  }
  if (!isObject(value.schema) || !('_zod' in value.schema)) {
    throw invalid(what, 'has a config that is no zod 4 schema; zod is a peer dependency, install zod 4.6.');
  }
  if (typeof value.create !== 'function') throw invalid(what, 'has no function `create`.');
  for (const [name, token] of Object.entries(isObject(value.inject) ? value.inject : {})) {
    if (typeof token !== 'symbol')
      throw invalid(what, `injects "${name}", which is no token; take it from \`tokens\`.`);
  }
};

/**
 * The component types of these plugins. The same plugin listed twice counts once. Throws PLUGIN_INVALID, naming the
 * plugin, for what is no plugin of apiVersion 1 and for two plugins that declare the same kind and type.
 */
export const collectComponents = (plugins: readonly unknown[]): Components => {
  const byKey = new Map<string, Component>();
  const owners = new Map<Component, string>();
  for (const [index, value] of [...new Set(plugins)].entries()) {
    const plugin = checkPlugin(value, index);
    for (const component of plugin.components) {
      const key = `${component.kind} ${component.type}`;
      const earlier = byKey.get(key);
      if (earlier === component) continue;
      if (earlier !== undefined) {
        throw invalid(
          `Plugin "${plugin.name}"`,
          `declares the ${component.kind} "${component.type}", which plugin "${owners.get(earlier)}" declares too; ` +
            'leave one of them out of `plugins`.',
        );
      }
      byKey.set(key, component);
      owners.set(component, plugin.name);
    }
  }
  const all = [...byKey.values()];
  return {
    all,
    find: (kind, type) => byKey.get(`${kind} ${type}`),
    types: (kind) => all.filter((component) => component.kind === kind).map((component) => component.type),
    pluginOf: (component) => owners.get(component) ?? 'unknown',
  };
};
