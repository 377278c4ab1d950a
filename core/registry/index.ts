export { type Components, collectComponents } from './components.ts';
export {
  defineFeature,
  defineGraphQL,
  defineMetric,
  defineModel,
  definePlugin,
  defineRanker,
  defineSource,
  defineSplitter,
  defineStage,
  defineStore,
  featureRef,
  modelRef,
  vectorsRef,
} from './define.ts';
export { type ConfigInput, defineConfig } from './define-config.ts';
export { configJsonSchema } from './json-schema.ts';
export { componentListing, type ListedComponent } from './listing.ts';
export { type OpenedConfig, openComponents, openConfig } from './open-config.ts';
export type { Config } from './sections/index.ts';
