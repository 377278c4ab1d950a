import type { Kernels } from '../spi/index.ts';

export interface DenseUpdate {
  /** Moved in place; all arrays have its length and lie in shared memory. */
  readonly values: Float32Array;
  /** What the rule remembers, moved in place, too: Adam's two moments, AdaGrad's sums, SGD's velocity or 0. */
  readonly slots: readonly (Float32Array | 0)[];
  readonly gradient: Float32Array;
  /** What follows in the kernel's signature. */
  readonly numbers: readonly number[];
  readonly signal: AbortSignal;
}

/** Values of one task; the same in assembly/dense-update.ts. */
const RUN = 1024;
/** Tasks of a share: about a millisecond. */
const GRAIN = 256;

/** One optimizer step of a whole array. Memory bound: a value costs some ten operations and up to seven accesses. */
export const denseUpdate = (
  kernels: Kernels,
  rule: 'adam' | 'adagrad' | 'sgd',
  { values, slots, gradient, numbers, signal }: DenseUpdate,
): Promise<void> => {
  const { length } = values;
  return kernels.run(rule, {
    tasks: Math.ceil(length / RUN),
    grain: GRAIN,
    scratch: 4,
    work: 8 * length,
    signal,
    args: [length, values, ...slots, gradient, ...numbers],
  });
};
