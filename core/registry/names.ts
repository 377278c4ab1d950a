import type { RefKind } from './define.ts';
import { alternatives, formatPath, type Path, type Problem, show } from './problems.ts';
import type { NameAt } from './slots.ts';

const FIELD_OWNERS = ['item', 'user', 'context'] as const;
const OUTPUTS = ['score', 'rank'] as const;

/** What a config declares, by kind. */
export interface Names {
  readonly model: readonly string[];
  readonly feature: readonly string[];
  readonly ranker: readonly string[];
  readonly pipeline: readonly string[];
}

export const namesOf = (config: unknown): Names => {
  const keys = (section: string): string[] => {
    const value = (config as Record<string, unknown> | null | undefined)?.[section];
    return typeof value === 'object' && value !== null ? Object.keys(value) : [];
  };
  return { model: keys('models'), feature: keys('features'), ranker: keys('rankers'), pipeline: keys('pipelines') };
};

/** Which component a reference in a component's config means, and what of it is used. */
export interface Target {
  readonly kind: 'model' | 'feature';
  readonly name: string;
  /** `model`: the component as a whole. */
  readonly via: 'score' | 'rank' | 'vectors' | 'model';
}

/**
 * Resolves a `modelRef`, `featureRef` or `vectorsRef` string. A feature column of the data (`item.price`) has no
 * target: 'field'. Undefined when nothing of that name is declared.
 */
export const resolveRef = (ref: RefKind, name: string, names: Names): Target | 'field' | undefined => {
  if (ref === 'model') return names.model.includes(name) ? { kind: 'model', name, via: 'model' } : undefined;
  if (names.feature.includes(name)) return { kind: 'feature', name, via: 'vectors' };
  if (ref === 'vectors') return names.model.includes(name) ? { kind: 'model', name, via: 'vectors' } : undefined;
  const dot = name.indexOf('.');
  if (dot < 0) return undefined;
  const [owner, rest] = [name.slice(0, dot), name.slice(dot + 1)];
  if ((FIELD_OWNERS as readonly string[]).includes(owner)) return rest === '' ? undefined : 'field';
  const via = OUTPUTS.find((output) => output === rest);
  return via !== undefined && names.model.includes(owner) ? { kind: 'model', name: owner, via } : undefined;
};

/** Every string that a reference of this kind may be, fields of the data left out. */
const choices = (ref: RefKind, names: Names): readonly string[] => {
  if (ref === 'model') return names.model;
  if (ref === 'vectors') return [...names.feature, ...names.model];
  return [...names.model.flatMap((model) => OUTPUTS.map((output) => `${model}.${output}`)), ...names.feature];
};

export const checkRef = (path: Path, ref: RefKind, name: string, names: Names): readonly Problem[] => {
  if (resolveRef(ref, name, names) !== undefined) return [];
  const fields = ref === 'feature' ? ' A field of the data is item.FIELD, user.FIELD or context.FIELD.' : '';
  const message = `${formatPath(path)} is ${show(name)}.${alternatives(name, choices(ref, names))}${fields}`;
  return [{ path, code: 'UNKNOWN_REFERENCE', message }];
};

export const checkName = ({ path, to, name }: NameAt, names: Names): readonly Problem[] => {
  if (names[to].includes(name)) return [];
  const message = `${formatPath(path)} is ${show(name)}, which names no ${to}.${alternatives(name, names[to])}`;
  return [{ path, code: 'UNKNOWN_REFERENCE', message }];
};

/** Declared names must be readable in `NAME.score`, and models and features share one namespace. */
export const checkDeclared = (names: Names): readonly Problem[] => {
  const problems: Problem[] = [];
  for (const [kind, list] of Object.entries(names) as [keyof Names, readonly string[]][]) {
    for (const name of list) {
      const path = [`${kind}s`, name];
      const say = (text: string) => problems.push({ path, code: 'CONFIG_INVALID', message: text });
      if (name === '' || name.includes('.')) {
        say(`${kind}s has the name ${show(name)}; a name must not be empty or contain a dot.`);
      } else if ((FIELD_OWNERS as readonly string[]).includes(name)) {
        say(`${kind}s.${name} has a reserved name: ${name}.FIELD means the data's own fields. Choose another.`);
      } else if (kind === 'feature' && names.model.includes(name)) {
        say(`features.${name} has the name of a model too; references could not tell them apart. Rename one.`);
      }
    }
  }
  return problems;
};
