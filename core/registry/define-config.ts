import type { z } from 'zod';
import type builtins from '../../plugins/index.ts';
import type { Component, Kind, Plugin } from '../spi/index.ts';
import type { SplitInput } from './sections/evaluation.ts';
import type { configSchema } from './sections/index.ts';
import type { mergeSchema } from './sections/pipeline.ts';
import type { NamesOf, Slot } from './slot-types.ts';

type ComponentsOf<P> = P extends Plugin<infer C> ? C : never;
/** Components that need no listing in `plugins`. */
type Builtin = ComponentsOf<(typeof builtins)[number]>;

/** A plugin given by its package's name brings components that the compiler cannot know. */
type NamedOf<P> = [Extract<P, string>] extends [never]
  ? never
  : { [K in Kind]: Component<K, string, Record<string, unknown>> }[Kind];

type Sections = z.input<typeof configSchema>;
type Settings = Omit<Sections, 'plugins' | 'models' | 'features' | 'rankers' | 'pipelines' | 'similar' | 'evaluation'>;

type Evaluation<C> = Omit<NonNullable<Sections['evaluation']>, 'split'> & {
  /** How the events become parts to learn from and to test on; default `temporal`. */
  split?: SplitInput | Slot<C, 'splitter', NamesOf<string, string>> | undefined;
};

/** A config as written, before `parseConfig`; what `defineConfig` returns. */
export type ConfigInput = Sections;

interface Share {
  /** How many candidates this source gives; default 200. */
  n?: number;
  /** The source's weight in the merge; default 1. */
  weight?: number;
}

interface Pipeline<C, M extends string, F extends string, R extends string, L extends string> {
  candidates: readonly (
    | ({ model: NoInfer<M> } & Share)
    | ({ pipeline: NoInfer<L> } & Share)
    | (Slot<C, 'source', NamesOf<M, F>> & Share)
  )[];
  /** How the sources' lists become one; default `reciprocal-rank`. */
  merge?: z.input<typeof mergeSchema>;
  /** Stages that only remove candidates. */
  filters?: readonly Slot<C, 'stage', NamesOf<M, F>>[];
  ranker?: NoInfer<R>;
  /** Stages that change the ranked list. */
  rerank?: readonly Slot<C, 'stage', NamesOf<M, F>>[];
  /** Models that answer, in order, when the funnel gives too little. */
  fallback?: readonly NoInfer<M>[];
  /** Leave out what the user has had already; default true. */
  excludeSeen?: boolean;
}

/**
 * A config, checked by the compiler: every `use`, every key of a component's config, every name of a model, feature,
 * ranker or pipeline. Components come from recograph itself and from the `plugins` listed here; list a plugin's value, for the
 * compiler cannot look into a package that is only named. What types cannot tell
 * (ranges, circles) is checked when the config is opened. Returns its argument.
 */
export const defineConfig = <
  P extends Plugin | string = never,
  M extends string = never,
  F extends string = never,
  R extends string = never,
  L extends string = never,
  C extends Component = Builtin | ComponentsOf<P> | NamedOf<P>,
  N extends NamesOf<string, string> = NamesOf<M, F>,
>(
  config: { plugins?: readonly P[] } & { models: Record<M, Slot<C, 'model', N>> } & {
    features?: Record<F, Slot<C, 'feature', N>>;
  } & { rankers?: Record<R, Slot<C, 'ranker', N>> } & { pipelines?: Record<L, Pipeline<C, M, F, R, L>> } & {
    similar?: { model?: NoInfer<M> };
    evaluation?: Evaluation<C>;
  } & Settings,
): ConfigInput => config as unknown as ConfigInput;
