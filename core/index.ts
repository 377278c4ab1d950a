/** `recograph`: what people who compose, query and extend recommenders import. */

export * from './data/index.ts';
export { type Comparison, compareReports, type Evaluated, type EvaluationReport } from './evaluation/index.ts';
export { createRecommender, type Recommender, type RecommenderOptions } from './kernel/index.ts';
export type { JobEvent, Jobs } from './kernel/jobs/jobs.ts';
export type { JobProgress, JobTask } from './kernel/jobs/messages.ts';
export * from './registry/index.ts';
export { createRuntime, type OwnedRuntime, type RuntimeChoice } from './runtime/index.ts';
export type { RecommendRequest, SessionEvent, Target } from './serving/request.ts';
export type { RecommendService, ServiceStats } from './serving/service.ts';
export type { ScoredList, Slate, SlateItem } from './serving/slate.ts';
export * from './spi/index.ts';
