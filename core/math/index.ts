/** `recograph/math`: seeded randomness and the CPU's hot loops. */
export { createRng } from './rng.ts';
export { topK } from './top-k.ts';
