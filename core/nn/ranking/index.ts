export { type ScorerConfig, scorerFields } from './config.ts';
export { type GroupLoss, type Groups, type LossOf, softplus } from './group-loss.ts';
export { learnedRanker } from './learned-ranker.ts';
