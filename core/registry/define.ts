import { z } from 'zod';
import type { Component, Deps, Inject, Instances, Kind, Plugin, Ref } from '../spi/index.ts';

interface Spec<K extends Kind, T extends string, S extends z.ZodObject, D extends Inject> {
  /** The name that a config's `use` asks for. */
  type: T;
  /** The config's schema, defaults included; none = the component takes no config. */
  config?: S;
  /** Collaborators by the name `create` gets them under. */
  inject?: D;
  create(config: z.output<S>, deps: Deps<D>): Instances[K];
}

const define =
  <K extends Kind>(kind: K) =>
  // biome-ignore lint/complexity/noBannedTypes: {} is the empty config and the empty inject map
  <const T extends string, S extends z.ZodObject = z.ZodObject<{}>, D extends Inject = {}>(
    spec: Spec<K, T, S, D>,
  ): Component<K, T, z.input<S>> => ({
    kind,
    type: spec.type,
    schema: spec.config ?? z.strictObject({}),
    inject: spec.inject ?? {},
    create: spec.create as Component<K, T>['create'],
  });

export const defineModel = define('model');
export const defineFeature = define('feature');
export const defineRanker = define('ranker');
export const defineSource = define('source');
export const defineStage = define('stage');
export const defineMetric = define('metric');
export const defineSplitter = define('splitter');
export const defineStore = define('store');
export const defineGraphQL = define('graphql');

/** A plugin as its package exports it by default. */
export const definePlugin = <const C extends Component>(plugin: {
  name: string;
  apiVersion: 1;
  components: readonly C[];
}): Plugin<C> => plugin;

export type RefKind = 'model' | 'feature' | 'vectors';

/**
 * Marks, in a schema's metadata, a string that names another component. It lives in zod's global registry, so that
 * `.describe()` keeps it, the JSON Schema shows it, and two copies of this module agree.
 */
export const REF_META = 'x-recograph-ref';

const ref = <N extends RefKind>(kind: N, description: string) =>
  z.string().meta({ [REF_META]: kind, description }) as unknown as z.ZodType<Ref<N>, Ref<N>>;

/** The name of a model of the same config. */
export const modelRef = () => ref('model', 'Name of a model of this config.');
/** A feature column: `MODEL.score`, `MODEL.rank`, a feature's name, `item.FIELD`, `user.FIELD`, `context.FIELD`. */
export const featureRef = () => ref('feature', 'A feature column of this config.');
/** The name of a feature, or of a model with item vectors. */
export const vectorsRef = () => ref('vectors', 'Name of a feature, or of a model with item vectors.');
