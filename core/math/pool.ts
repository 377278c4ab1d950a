import { setImmediate, setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type KernelCall, RecographError, type SharedMemory, throwIfCancelled } from '../spi/index.ts';
import type { SharedHeap } from './memory.ts';
import { type Kernel, type KernelExports, kernelModule } from './wasm.ts';

// The control block: 16 words, then 32 doubles for the call's arguments. The same order as in pool-worker.mjs.
/** Grows with each call; sleeping threads wait for it to change. */
const CALL = 0;
/** 1 while threads may enter the call. */
const OPEN = 1;
/** Threads that have entered, or are finding out whether they may. */
const ACTIVE = 2;
const NEXT = 3;
const TASKS = 4;
const GRAIN = 5;
const KERNEL = 6;
const ARGUMENTS = 7;
const SCRATCH = 8;
const SCRATCH_BYTES = 9;
const FAILED = 10;
const CONTROL_BYTES = 64 + 32 * 8;

/** How long the calling thread computes before it gives its event loop a turn, ms. */
const TURN_MS = 8;
/** Calls of fewer multiplications than this are not worth waking a thread for. */
const INLINE_WORK = 2_000_000;

export interface Pool {
  run(kernel: string, args: readonly number[], call: KernelCall): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * `threads` counts the calling thread; the others start with the first call that is worth it and never keep the
 * process alive. Calls run one after the other, in the order they came; small ones at once, on the calling thread.
 */
export const createPool = (threads: number, memory: SharedMemory, heap: SharedHeap, wasm: KernelExports): Pool => {
  const control = heap.allocate(Uint8Array, CONTROL_BYTES).fill(0).byteOffset;
  const words = new Int32Array(memory.buffer, control, 16);
  const numbers = new Float64Array(memory.buffer, control + 64, 32);
  const kernelIndex = new Map(Object.keys(wasm).map((name, index) => [name, index]));
  const pooled = scratchHolder(heap, threads);
  const inline = scratchHolder(heap, 1);
  let workers: Worker[] = [];
  let dead: Error | undefined;
  let disposed = false;
  let queue: Promise<void> = Promise.resolve();

  const start = (): void => {
    for (let thread = 1; thread < threads; thread++) {
      const worker = new Worker(new URL('./pool-worker.mjs', import.meta.url), {
        workerData: { module: kernelModule(), memory, control, thread },
        execArgv: [],
        env: {},
        name: 'recograph-kernels',
        resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 },
      });
      worker.unref();
      worker.on('error', (error) => {
        dead ??= error;
      });
      worker.on('exit', () => {
        if (!disposed) dead ??= new Error('a kernel thread ended');
      });
      workers.push(worker);
    }
  };

  /** Every thread that entered has left. Short waits poll; long ones (a busy machine) sleep. */
  const idle = async (): Promise<void> => {
    const since = performance.now();
    while (Atomics.load(words, ACTIVE) > 0) {
      if (dead) throw new RecographError('WORKER_FAILED', `A kernel thread died: ${dead.message}`, { cause: dead });
      if (performance.now() - since < 3) await setImmediate();
      else await setTimeout(1);
    }
  };

  const together = async (kernel: Kernel, index: number, args: readonly number[], call: KernelCall) => {
    if (disposed) throw new RecographError('INTERNAL', 'These kernels were disposed of; create new ones.');
    if (workers.length === 0) start();
    const { tasks, grain = 1, scratch = 0, signal } = call;
    if (signal) throwIfCancelled(signal);
    const scratchAddress = pooled(scratch);
    words[TASKS] = tasks;
    words[GRAIN] = grain;
    words[KERNEL] = index;
    words[ARGUMENTS] = args.length;
    words[SCRATCH] = scratchAddress;
    words[SCRATCH_BYTES] = roundUp(scratch);
    words[FAILED] = 0;
    numbers.set(args);
    Atomics.store(words, NEXT, 0);
    Atomics.store(words, OPEN, 1);
    Atomics.add(words, CALL, 1);
    Atomics.notify(words, CALL);
    try {
      let turnEnds = performance.now() + TURN_MS;
      for (let begin = Atomics.add(words, NEXT, grain); begin < tasks; begin = Atomics.add(words, NEXT, grain)) {
        kernel(begin, Math.min(tasks, begin + grain), scratchAddress, ...args);
        if (performance.now() < turnEnds) continue;
        await setImmediate();
        if (signal) throwIfCancelled(signal);
        turnEnds = performance.now() + TURN_MS;
      }
    } finally {
      Atomics.store(words, NEXT, tasks);
      Atomics.store(words, OPEN, 0);
      await idle();
    }
    if (words[FAILED]) throw new RecographError('INTERNAL', `Kernel ${Object.keys(wasm)[index]} failed in a thread.`);
  };

  return {
    run: (name, args, call) => {
      const index = kernelIndex.get(name);
      if (index === undefined) {
        return Promise.reject(new RecographError('INVALID_ARGUMENT', `There is no kernel "${name}".`));
      }
      const kernel = wasm[name] as Kernel;
      if (call.tasks === 0) return Promise.resolve();
      if ((call.work ?? Number.POSITIVE_INFINITY) < INLINE_WORK) {
        kernel(0, call.tasks, inline(call.scratch ?? 0), ...args);
        return Promise.resolve();
      }
      const done = queue.then(() => together(kernel, index, args, call));
      queue = done.catch(() => undefined);
      return done;
    },
    dispose: async () => {
      await queue;
      if (disposed) return;
      disposed = true;
      await Promise.all(workers.map((worker) => worker.terminate()));
      workers = [];
      heap.release(control);
      pooled(-1);
      inline(-1);
    },
  };
};

const roundUp = (bytes: number): number => (bytes + 63) & ~63;

/** One scratch block for `threads` threads that grows with what calls ask for; a negative size frees it. */
const scratchHolder = (heap: SharedHeap, threads: number) => {
  let address = 0;
  let size = 0;
  return (bytes: number): number => {
    if (bytes < 0 || roundUp(bytes) > size) {
      if (address) heap.release(address);
      address = 0;
      size = 0;
    }
    if (bytes > size) {
      size = roundUp(bytes);
      address = heap.allocate(Uint8Array, size * threads).byteOffset;
    }
    return address;
  };
};
