/** How good a recommender is: splits, candidates, masks, metrics, intervals, and which figures may be compared. */
export { type GivenCandidates, readCandidates } from './candidates/index.ts';
export { checkParts } from './check-parts.ts';
export { type Comparison, compareReports } from './compare.ts';
export { evaluate, evaluateFolds } from './evaluate.ts';
export type { EvaluateOptions, EvaluationProgress } from './evaluate-fold.ts';
export { checkLeaks } from './leaks.ts';
export {
  type AskedMetric,
  builtInMetrics,
  METRIC_DEFINITIONS,
  type MetricFactory,
  type MetricSlot,
  type Metrics,
  nameOf,
  parseMetrics,
  refuseShadowing,
} from './metrics/index.ts';
export { checkedFolds, type Parts, selectRows, splitDataset, withInteractions } from './parts.ts';
export {
  type Candidates,
  fingerprintOf,
  type Mask,
  type Protocol,
  type ProtocolRecord,
  recordProtocol,
  requireSameProtocol,
} from './protocol.ts';
export type { Evaluated, EvaluationReport, Figures, FoldResult, Samples, Seconds, TargetResult } from './report.ts';
export {
  type BuiltInRowSplit,
  createSplitter,
  type DescribeIds,
  type GivenFold,
  givenParts,
  leaveLastOut,
  type PartEvents,
  type RowSplitConfig,
  randomSplit,
  temporalSplit,
} from './splits/index.ts';
export type { Recommender, Target } from './targets.ts';
