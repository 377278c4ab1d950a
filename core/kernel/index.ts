export { createRecommender, type RecommenderOptions } from './create-recommender.ts';
export type {
  BundleListing,
  EvaluateOptions,
  ImportOptions,
  Recommender,
  TrainOptions,
  TrainReport,
} from './recommender.ts';
