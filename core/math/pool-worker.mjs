/**
 * A pool thread: sleeps until a call is opened, takes shares of its tasks until none is left. Plain JavaScript, so
 * that it starts without a loader. The words' meaning is in pool.ts.
 */
import { workerData } from 'node:worker_threads';

const { module, memory, control, thread } = workerData;
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
const names = Object.keys(exports);
const words = new Int32Array(memory.buffer, control, 16);
const numbers = new Float64Array(memory.buffer, control + 64, 32);
const [CALL, OPEN, ACTIVE, NEXT, TASKS, GRAIN, KERNEL, ARGUMENTS, SCRATCH, SCRATCH_BYTES, FAILED] = words.keys();

for (let seen = 0; ; ) {
  Atomics.wait(words, CALL, seen);
  seen = Atomics.load(words, CALL);
  Atomics.add(words, ACTIVE, 1);
  if (Atomics.load(words, OPEN) === 1) {
    const kernel = exports[names[words[KERNEL]]];
    const tasks = words[TASKS];
    const grain = words[GRAIN];
    const scratch = (words[SCRATCH] >>> 0) + thread * words[SCRATCH_BYTES];
    const args = [...numbers.subarray(0, words[ARGUMENTS])];
    try {
      for (let begin = Atomics.add(words, NEXT, grain); begin < tasks; begin = Atomics.add(words, NEXT, grain)) {
        kernel(begin, Math.min(tasks, begin + grain), scratch, ...args);
      }
    } catch {
      Atomics.store(words, FAILED, 1);
      Atomics.store(words, NEXT, tasks);
    }
  }
  Atomics.sub(words, ACTIVE, 1);
}
