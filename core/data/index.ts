export { csrFromTriplets, gatherRows, transpose } from './csr.ts';
export {
  createDataset,
  type EventArrays,
  gatherFeatures,
  noFeatures,
  noHistories,
  sortInteractions,
} from './dataset.ts';
export * from './features/index.ts';
export {
  type Feedback,
  type FeedbackRules,
  feedbackWeight,
  isNegative,
  isUnweighed,
  type PositiveType,
  positiveTypes,
  rejectedItems,
  ruledTypes,
  ruleOf,
} from './feedback.ts';
export { folderFiles } from './folder-files.ts';
export { historyMatrix } from './history-matrix.ts';
export {
  type ImportOptions,
  type ImportProgress,
  type ImportResult,
  type ImportSources,
  importData,
} from './import.ts';
export { compileFilter, matchesFilter } from './item-filter.ts';
export { knownFrom, knownItems, knownRows, knownTensor } from './known-items.ts';
export { inBitmap, limitOf } from './limits.ts';
export { type LossyInteger, lossyIntegers } from './lossy-integers.ts';
export { type Bounds, createPlausibility } from './plausible.ts';
export { queriesOf } from './queries.ts';
export { raggedOf } from './ragged.ts';
export { readInteractions, readItems, readUsers } from './readers/index.ts';
export { canonicalJson, eventProblem, idProblem, itemProblem, MAX_EVENT_TYPES, userProblem } from './records.ts';
export { scoreRows } from './score-rows.ts';
export * from './snapshot/index.ts';
export { type ItemVectorSource, itemVectorSource, vectorsOfItems } from './vectors.ts';
export { createVocabulary } from './vocabulary.ts';
