/** `recograph/math`: seeded randomness and the CPU's hot loops. */
export { type AlsSide, type AlsSweep, sweepAls } from './als.ts';
export {
  type BprEpochs,
  type BprFoldIn,
  type BprRows,
  type BprSteps,
  bprWidth,
  createBprEpochs,
  foldInBpr,
} from './bpr.ts';
export { easeWeightsInPlace, invertInPlace, type Square, sparseGramInto, sparseTimes, squareIn } from './dense.ts';
export { type DenseUpdate, denseUpdate } from './dense-update.ts';
export { dotScores, unitRows } from './dot-scores.ts';
export { gram, gramInto, roundUp } from './gram.ts';
export { createKernels, type KernelsOptions } from './kernels.ts';
export { createKnownMeans, type KnownMeans } from './known-means.ts';
export { buildNeighborIndex, loadNeighborIndex, type NeighborIndex } from './neighbor-index.ts';
export { resampledMeans } from './resampled-means.ts';
export { countDraws, createRng } from './rng.ts';
export { type Candidates, scoreByDot, topKByScore } from './scan.ts';
export { type Similarity, type SimilaritySpace, similaritySpace } from './similarity.ts';
export { type SimilarityScan, similarityScan } from './similarity-scan.ts';
export { singularDirections } from './singular-directions.ts';
export { solveSpd } from './solve-spd.ts';
export { type NeighborSearch, nearestRows } from './sparse-neighbors.ts';
export { createSparseSums, type SparseRows, type SparseSums } from './sparse-sums.ts';
export { type SparseTimesOptions, sparseTimesDense } from './sparse-times-dense.ts';
export { fitWeighting, type RowSimilarity, type RowWeighting, weighRows } from './sparse-weighting.ts';
export { type SymmetricEigen, symmetricEigen } from './symmetric-eigen.ts';
export { topK } from './top-k.ts';
