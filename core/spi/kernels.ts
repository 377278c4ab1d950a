import type { Matrix } from './arrays.ts';
import type { ItemList, Limits } from './query.ts';

/**
 * Hot loops on the CPU: WASM SIMD over shared memory, run by a pool of workers over all cores.
 * Every method gives the same result for any number of threads.
 */
export interface Kernels {
  readonly threads: number;
  /** The n best items of each query by dot product, limits obeyed: queries [q x d], items [i x d]. */
  topK(queries: Matrix, items: Matrix, n: number, limits: Limits): Promise<readonly ItemList[]>;
  dispose(): Promise<void>;
}
