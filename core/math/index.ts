/** `recograph/math`: seeded randomness and the CPU's hot loops. */
export { createRng } from './rng.ts';
export { solveSpd } from './solve-spd.ts';
export { createNeighborSearch, type NeighborOptions } from './sparse-neighbors.ts';
export { createSparseSums, type SparseRows, type SparseSums } from './sparse-sums.ts';
export { fitWeighting, type RowSimilarity, type RowWeighting, weighRows } from './sparse-weighting.ts';
export { type SymmetricEigen, symmetricEigen } from './symmetric-eigen.ts';
export { topK } from './top-k.ts';
