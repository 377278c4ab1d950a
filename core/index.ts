/** `recograph`: what people who compose, query and extend recommenders import. */

export * from './data/index.ts';
export { type Comparison, compareReports, type Evaluated, type EvaluationReport } from './evaluation/index.ts';
export * from './registry/index.ts';
export * from './spi/index.ts';
