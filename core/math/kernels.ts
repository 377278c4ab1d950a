/**
 * How to add a kernel:
 * 1. Write it in assembly/NAME.ts as `export function name(begin: i32, end: i32, scratch: usize, ...args): void`:
 *    it computes tasks begin .. end - 1 and may use `scratch` (this thread's own) as it likes. A task writes where no
 *    other task of the call writes, and sums over tasks are left to a second kernel that adds partial results in a
 *    fixed order: so the result is the same for any number of threads. Numbers arrive as i32, u32, f32 or f64,
 *    arrays as addresses (usize, byte offsets; 0 = none). At most 32 arguments. No AssemblyScript objects, strings
 *    or arrays: there is no heap but the one in memory.ts.
 * 2. Export it from assembly/index.ts. `node scripts/build.mjs --kernels` compiles; vitest does so before the tests.
 * 3. Write a function around it in core/math/NAME.ts that takes `Kernels` first, puts its inputs into
 *    `kernels.memory()` (`share` copies only what is elsewhere), calls `kernels.run('name', { tasks, args, ... })`
 *    once or several times, copies results out and releases; export it from core/math/index.ts.
 * 4. Test it against plain double-precision code, with one thread and with two (test/core/math).
 */
import { availableParallelism } from 'node:os';
import { type Kernels, RecographError, type SharedMemory } from '../spi/index.ts';
import { createHeap } from './memory.ts';
import { createPool } from './pool.ts';
import { topKByDot } from './scan.ts';
import { createMemory, instantiate } from './wasm.ts';

export interface KernelsOptions {
  /** The calling thread included; default: one a core. With 1 no thread is started. */
  readonly threads?: number;
  /** Another thread's `kernels.shared`: arrays of either side, posted to the other, are shared arrays there, too. */
  readonly memory?: SharedMemory;
}

/** Kernels with a pool and a memory of their own (or the given one). Any number of them can live in a process. */
export const createKernels = (options: KernelsOptions = {}): Kernels => {
  const threads = options.threads ?? availableParallelism();
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RecographError('INVALID_ARGUMENT', `threads is ${threads}; it must be an integer of at least 1.`);
  }
  const memory = options.memory ?? createMemory();
  const wasm = instantiate(memory);
  const heap = createHeap(memory, wasm);
  const pool = createPool(threads, memory, heap, wasm);
  const self: Kernels = {
    threads,
    shared: memory,
    memory: heap.arena,
    run: async (kernel, call) => {
      const args = call.args.map((argument) => {
        if (typeof argument === 'number') return argument;
        const address = heap.address(argument);
        if (address < 0) {
          throw new RecographError('INVALID_ARGUMENT', `Kernel ${kernel} was given an array outside shared memory.`);
        }
        return address;
      });
      await pool.run(kernel, args, call);
    },
    topK: (queries, items, n, limits) => topKByDot(self, queries, items, n, limits),
    dispose: pool.dispose,
  };
  return self;
};
