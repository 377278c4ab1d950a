import type { z } from 'zod';
import type { Extractor } from './extractor.ts';
import type { Metric, Splitter } from './metric.ts';
import type { Model } from './model.ts';
import type { Ranker } from './ranker.ts';
import type { Source, Stage } from './stage.ts';
import type { Store } from './store.ts';
import type { Token } from './token.ts';

/** What each kind of component is once created from its config. */
export interface Instances {
  model: Model;
  feature: Extractor;
  ranker: Ranker;
  source: Source;
  stage: Stage;
  metric: Metric;
  splitter: Splitter;
  store: Promise<Store> | Store;
  graphql: { readonly extend: unknown };
}
export type Kind = keyof Instances;

export type Inject = Readonly<Record<string, Token<unknown>>>;
export type Deps<D extends Inject> = { readonly [N in keyof D]: D[N] extends Token<infer T> ? T : never };

declare const inputType: unique symbol;

/** A component type as a plugin declares it. `I` is its config as written, carried as a phantom. */
export interface Component<K extends Kind = Kind, T extends string = string, I = unknown> {
  readonly kind: K;
  readonly type: T;
  readonly schema: z.ZodType;
  readonly inject: Inject;
  /** Parsed config and injected collaborators in, instance out. */
  create(config: never, deps: never): Instances[K];
  readonly [inputType]?: I;
}

export interface Plugin<C extends Component = Component> {
  readonly name: string;
  readonly apiVersion: 1;
  readonly components: readonly C[];
}

/** A config string that names another component: resolved by core, checked by the compiler in `defineConfig`. */
export type Ref<N extends 'model' | 'feature' | 'vectors'> = string & { readonly '~ref': N };
