/** `recograph/testing`: checks that a plugin's components keep their contracts, for any test runner. */
export type { ConformanceOptions } from './bench.ts';
export type { Check } from './check.ts';
export { type ConformanceDataOptions, conformanceData } from './data.ts';
export { modelConformance } from './model-conformance.ts';
