import type { Config } from '../registry/sections/index.ts';
import type { ItemRule, KeptState, Stage } from '../spi/index.ts';
import type { CreateComponent } from '../training/fit-graph.ts';
import type { CatalogueView } from './catalogue-view.ts';
import type { BundleSpace } from './encode.ts';
import type { FrontParts } from './front-parts.ts';

/** A bundle as the main thread knows it: enough to encode requests, name items, and answer from the fallback list. */
export interface BundleFront extends FrontParts {
  /** In the order of the config. */
  readonly pipelines: readonly string[];
  /** Kept states of each pipeline's stages, those of nested pipelines included. */
  readonly keeps: Readonly<Record<string, readonly KeptState[]>>;
  /** What each pipeline's own filters say of items, whoever asks. */
  readonly rules: Readonly<Record<string, readonly ItemRule[]>>;
  /** Whether a stage of the pipeline obeys a request's `diversity`. */
  readonly diversifies: Readonly<Record<string, boolean>>;
}

/** A bundle's front over one state of the catalogue. */
export interface FrontView extends CatalogueView {
  readonly space: BundleSpace;
}

/** `create` makes the stages whose kept state the main thread folds and whose rules it applies. */
export const createFront = (parts: FrontParts, create: CreateComponent): BundleFront => {
  const { manifest, config } = parts;
  const held = new Set(manifest.components.flatMap(({ kind, name }) => (kind === 'pipeline' ? [name] : [])));
  const pipelines = Object.keys(config.pipelines).filter((name) => held.has(name));
  const known = new Map<string, Stages>();
  const stages = (name: string): Stages => {
    const made = known.get(name) ?? stagesOf(config, name, create);
    known.set(name, made);
    return made;
  };
  return {
    ...parts,
    pipelines,
    keeps: keptStates(config, pipelines, stages),
    diversifies: Object.fromEntries(
      pipelines.map((name) => [
        name,
        [...stages(name).filters, ...stages(name).rerank].some(({ diversifies }) => diversifies === true),
      ]),
    ),
    rules: Object.fromEntries(
      pipelines.map((name) => [name, stages(name).filters.flatMap(({ rule }) => (rule ? [rule] : []))]),
    ),
  };
};

/** `catalogue` is of the front's items. */
export const frontViewOver = (
  { users, encoders, types, config }: BundleFront,
  catalogue: CatalogueView,
): FrontView => ({
  ...catalogue,
  space: {
    userIndex: users.index,
    itemIndex: catalogue.itemIndex,
    typeCode: types.code,
    feedback: config.data.feedback,
    encodeUsers: encoders.users,
    encodeContexts: encoders.contexts,
  },
});

type Stages = Readonly<Record<'filters' | 'rerank', readonly Stage[]>>;

const stagesOf = (config: Config, name: string, create: CreateComponent): Stages => {
  const made = (list: 'filters' | 'rerank'): Stage[] =>
    config.pipelines[name]![list].map((slot, i) => create('stage', slot, `pipelines.${name}.${list}[${i}]`));
  return { filters: made('filters'), rerank: made('rerank') };
};

const keptStates = (
  config: Config,
  pipelines: readonly string[],
  stages: (pipeline: string) => Stages,
): Record<string, readonly KeptState[]> => {
  const known: Record<string, readonly KeptState[]> = {};
  const keepsOf = (name: string): readonly KeptState[] => {
    const { filters, rerank } = stages(name);
    known[name] ??= [
      ...[...filters, ...rerank].flatMap(({ keeps }) => (keeps ? [keeps] : [])),
      ...config.pipelines[name]!.candidates.flatMap((candidate) =>
        'pipeline' in candidate ? keepsOf(candidate.pipeline) : [],
      ),
    ];
    return known[name];
  };
  for (const name of pipelines) keepsOf(name);
  return known;
};
