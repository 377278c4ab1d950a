export { type DistinctItems, distinctItems } from './distinct-items.ts';
export { type GroupedLogits, groupedSoftmax } from './grouped-softmax.ts';
export { type ListValidation, listValidation } from './list-validation.ts';
export { type SharedNegatives, type SharedNegativesConfig, sharedNegatives } from './shared-negatives.ts';
export { unitLength } from './unit-length.ts';
export { type UserTargets, userTargets } from './user-targets.ts';
