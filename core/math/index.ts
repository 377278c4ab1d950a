/** `recograph/math`: seeded randomness and the CPU's hot loops. */
export { createRng } from './rng.ts';
export { solveSpd } from './solve-spd.ts';
export { type SymmetricEigen, symmetricEigen } from './symmetric-eigen.ts';
export { topK } from './top-k.ts';
