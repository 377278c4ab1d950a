import type { Config } from '../registry/sections/index.ts';
import type {
  FittedExtractor,
  FittedModel,
  FittedRanker,
  FittedSource,
  Inputs,
  Instances,
  Kind,
} from '../spi/index.ts';
import { RecographError } from '../spi/index.ts';

/** Fitted components by the names of the config's graph; each was fitted once and is shared. */
export interface Fitted {
  readonly models: Readonly<Record<string, FittedModel>>;
  readonly features: Readonly<Record<string, FittedExtractor>>;
  readonly rankers: Readonly<Record<string, FittedRanker>>;
  /** By their path, `pipelines.home.candidates[1]`. */
  readonly sources: Readonly<Record<string, FittedSource>>;
}

export const SECTION_OF = { model: 'models', feature: 'features', ranker: 'rankers', source: 'sources' } as const;
export type FittedKind = keyof typeof SECTION_OF;
export type AnyFitted = FittedModel | FittedExtractor | FittedRanker | FittedSource;

export const nothingFitted: Fitted = { models: {}, features: {}, rankers: {}, sources: {} };

/** The same set with one component more, or another in its place. */
export const withFitted = (fitted: Fitted, kind: FittedKind, name: string, component: AnyFitted): Fitted => {
  const section = SECTION_OF[kind];
  return { ...fitted, [section]: { ...fitted[section], [name]: component } };
};

/** Makes the component that stands in a slot of the config, with what its `inject` map names. */
export type CreateComponent = <K extends Kind>(
  kind: K,
  slot: { use: string; config: unknown },
  at: string,
) => Instances[K];

/** What `fit` and `restore` of a component at `at` may reach: the components that its config names. */
export const inputsFor = (
  fitted: Fitted,
  at: string,
  making: { readonly config: Config; readonly create: CreateComponent },
): Inputs => ({
  model: (name) => found(fitted.models, name, `${at} asks for model "${name}"`),
  feature: (name) => found(fitted.features, name, `${at} asks for feature "${name}"`),
  trainer: (name) => {
    const slot = `models.${name}`;
    const model = making.create('model', found(making.config.models, name, `${at} asks for model "${name}"`), slot);
    const inputs = inputsFor(fitted, slot, making);
    return {
      fit: (data, options) => model.fit(data, inputs, options),
      restore: (state) => model.restore(state, inputs),
    };
  },
  vectors: (name) => found({ ...fitted.models, ...fitted.features }, name, `${at} asks for vectors of "${name}"`),
});

/** The components that `keep` names, and the others. */
export const partition = (fitted: Fitted, keep: (kind: FittedKind, name: string) => boolean): [Fitted, Fitted] => {
  let [kept, others] = [nothingFitted, nothingFitted];
  for (const [kind, section] of Object.entries(SECTION_OF) as [FittedKind, keyof Fitted][]) {
    for (const [name, component] of Object.entries(fitted[section] as Record<string, AnyFitted>)) {
      if (keep(kind, name)) kept = withFitted(kept, kind, name, component);
      else others = withFitted(others, kind, name, component);
    }
  }
  return [kept, others];
};

export const disposeFitted = (fitted: Fitted): void => {
  for (const section of Object.values(fitted)) {
    for (const component of Object.values(section as Record<string, AnyFitted>)) component.dispose?.();
  }
};

const found = <T>(section: Readonly<Record<string, T>>, name: string, what: string): T => {
  if (Object.hasOwn(section, name)) return section[name]!;
  const message = `${what}, which its config does not name. A component reaches only what modelRef, featureRef or vectorsRef name.`;
  throw new RecographError('UNKNOWN_REFERENCE', message);
};
