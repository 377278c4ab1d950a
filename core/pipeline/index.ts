export { type CatalogueParts, createCatalogue, type ItemCatalogue } from './catalogue.ts';
export type { FieldLayout } from './columns/layout.ts';
export { createPipeline } from './create.ts';
export { type Merged, merge } from './merge.ts';
export { createModelAccess, type ModelAccess } from './model-access.ts';
export type { GroupOptions, ItemLabels, LabelledCandidates } from './ranking-groups.ts';
export { requestsOf } from './requests.ts';
export { selectQueries, selectRequests } from './select.ts';
export type {
  Pipeline,
  PipelineParts,
  PipelineResult,
  RankerPart,
  RequestBatch,
  RunOptions,
  ServedBy,
  StageFailure,
} from './types.ts';
