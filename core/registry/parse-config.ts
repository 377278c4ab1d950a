import { resolve } from 'node:path';
import type { Components } from './components.ts';
import { configSchemaWith } from './config-schema.ts';
import { componentGraph } from './graph.ts';
import { parseWith } from './issues.ts';
import { checkDeclared, checkName, checkRef, namesOf } from './names.ts';
import { mapPaths } from './paths.ts';
import { alternatives, formatPath, type Problem, show, throwProblems } from './problems.ts';
import type { Config } from './sections/index.ts';
import { namesIn, slotsOf } from './slots.ts';

const KIND_NAMES: Readonly<Record<string, string>> = { feature: 'feature extractor', source: 'candidate source' };

/**
 * Checks a config against its schema, the components and itself, and fills in defaults, component configs included.
 * Paths of the result are absolute. Every problem is reported at once: CONFIG_INVALID, or the only problem's own code
 * (UNKNOWN_COMPONENT, UNKNOWN_REFERENCE, CYCLE).
 */
export const parseConfig = (raw: unknown, components: Components, options: { folder: string }): Config => {
  const problems: Problem[] = [];
  const sections = parseWith(configSchemaWith(components), raw, []);
  problems.push(...sections.problems);

  const names = namesOf(raw);
  problems.push(...checkDeclared(names));
  problems.push(...namesIn(raw).flatMap((name) => checkName(name, names)));

  const configs = new Map<string, unknown>();
  for (const { kind, path, slot } of slotsOf(raw)) {
    if (typeof slot.use !== 'string') continue;
    const component = components.find(kind, slot.use);
    if (component === undefined) {
      const at = [...path, 'use'];
      const none = `; no loaded plugin declares a ${KIND_NAMES[kind] ?? kind}.`;
      const known = components.types(kind);
      const rest = known.length === 0 ? none : `.${alternatives(slot.use, known)}`;
      problems.push({ path: at, code: 'UNKNOWN_COMPONENT', message: `${formatPath(at)} is ${show(slot.use)}${rest}` });
      continue;
    }
    const at = [...path, 'config'];
    const parsed = parseWith(component.schema, slot.config ?? {}, at);
    problems.push(...parsed.problems);
    problems.push(...parsed.refs.flatMap(({ path: where, ref, name }) => checkRef(where, ref, name, names)));
    configs.set(formatPath(path), parsed.output);
  }
  throwProblems(problems);

  const checked = sections.output as Config;
  componentGraph(checked, components);
  return mapPaths(withConfigs(checked, configs), (path) => resolve(options.folder, path));
};

/** The config with each slot's `config` replaced by what its component's schema made of it. */
const withConfigs = (config: Config, configs: ReadonlyMap<string, unknown>): Config => {
  const parsed = <S extends object>(slot: S, ...path: (string | number)[]): S => {
    const key = formatPath(path);
    return configs.has(key) ? { ...slot, config: configs.get(key) } : slot;
  };
  const section = (name: 'models' | 'features' | 'rankers') =>
    Object.fromEntries(Object.entries(config[name]).map(([key, slot]) => [key, parsed(slot, name, key)]));
  const pipelines = Object.entries(config.pipelines).map(([name, pipeline]) => {
    const list = <S extends object>(part: string, slots: readonly S[]) =>
      slots.map((slot, i) => parsed(slot, 'pipelines', name, part, i));
    return [
      name,
      {
        ...pipeline,
        candidates: list('candidates', pipeline.candidates),
        filters: list('filters', pipeline.filters),
        rerank: list('rerank', pipeline.rerank),
      },
    ];
  });
  return {
    ...config,
    models: section('models'),
    features: section('features'),
    rankers: section('rankers'),
    pipelines: Object.fromEntries(pipelines),
  };
};
