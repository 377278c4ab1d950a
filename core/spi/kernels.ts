import type { Matrix } from './arrays.ts';
import type { ItemList, Limits } from './query.ts';

/** Arrays that kernels read and write: views on memory shared by all threads. */
export type SharedArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array;

/** A shared WebAssembly.Memory; it can be posted to other threads. */
export interface SharedMemory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

/**
 * Some of the shared memory, given back all at once. Its arrays must not be touched after `release`: what lies there
 * then belongs to somebody else. New arrays hold zeros. Throws TOO_LARGE when 4 GiB are not enough.
 */
export interface KernelMemory {
  floats(length: number): Float32Array;
  doubles(length: number): Float64Array;
  ints(length: number): Int32Array;
  uints(length: number): Uint32Array;
  bytes(length: number): Uint8Array;
  /** `array` itself where it lies in the shared memory already, otherwise a copy of it that does. */
  share<A extends SharedArray>(array: A): A;
  release(): void;
}

/** One call of a kernel: tasks 0 .. tasks - 1, each computed once, by any thread. */
export interface KernelCall {
  readonly tasks: number;
  /** What follows (begin, end, scratch) in the kernel's signature: numbers, and shared arrays for addresses. */
  readonly args: readonly (number | SharedArray)[];
  /** Tasks that one thread takes at a time; default 1. A share should take well under 8 ms. */
  readonly grain?: number;
  /** Bytes of scratch memory a thread. */
  readonly scratch?: number;
  /** About how many multiplications the whole call takes; few are done at once on the calling thread. */
  readonly work?: number;
  /** Aborted = CANCELLED as soon as the running shares end. */
  readonly signal?: AbortSignal;
}

/**
 * Hot loops on the CPU: WASM SIMD over shared memory, run by a pool of threads, the calling one among them (in turns
 * of at most 8 ms, so that its event loop lives). Every kernel gives the same result for any number of threads.
 * `recograph/math` has a function for each kernel; `run` is what they are made of.
 */
export interface Kernels {
  readonly threads: number;
  memory(): KernelMemory;
  /** Resolves when every task is done. Throws CANCELLED, and WORKER_FAILED when a thread died. */
  run(kernel: string, call: KernelCall): Promise<void>;
  /**
   * The n best items of each query by dot product, limits obeyed: queries [q x d], items [i x d]. Exact; NaN is
   * never listed; ties stand in ascending item order. No copy is made of matrices in shared memory.
   */
  topK(queries: Matrix, items: Matrix, n: number, limits: Limits): Promise<readonly ItemList[]>;
  /** The memory itself, to hand to another thread's `createKernels({ memory })`. */
  readonly shared: SharedMemory;
  /** Ends the threads and waits for them; memory that was handed out stays readable. */
  dispose(): Promise<void>;
}
