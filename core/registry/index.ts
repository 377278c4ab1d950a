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
export type { Config } from './sections/index.ts';
