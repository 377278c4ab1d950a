/** `recograph/testing`: checks that a plugin's components keep their contracts, for any test runner. */
export type { ConformanceOptions } from './bench.ts';
export type { Check } from './check.ts';
export { type ConformanceDataOptions, conformanceData } from './data.ts';
export { featureConformance } from './feature-conformance.ts';
export { metricConformance } from './metric-conformance.ts';
export { modelConformance } from './model-conformance.ts';
export { type RankerConformanceOptions, rankerConformance } from './ranker-conformance.ts';
export { sourceConformance } from './source-conformance.ts';
export { stageConformance } from './stage-conformance.ts';
export { tinyInputs } from './tiny-inputs.ts';
