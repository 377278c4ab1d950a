import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createKernels, gram } from 'recograph/math';
import { expect, it } from 'vitest';
import { kernelModule } from '../../../core/math/wasm.ts';
import { dot, randomMatrix, withThreads } from './support.ts';

it('gives freed memory out again', async () => {
  const kernels = createKernels({ threads: 1 });
  const sizes = [3, 100_000, 17, 4096, 50_000];
  let grown = 0;
  for (let round = 0; round < 200; round++) {
    const memory = kernels.memory();
    for (const size of sizes) memory.floats(size + (round % 5)).fill(round);
    memory.release();
    if (round === 10) grown = kernels.shared.buffer.byteLength;
  }
  expect(kernels.shared.buffer.byteLength).toBe(grown);
  await kernels.dispose();
});

it('never hands out overlapping memory', async () => {
  const kernels = createKernels({ threads: 1 });
  const arenas = Array.from({ length: 40 }, () => kernels.memory());
  const arrays = arenas.map((memory, i) => memory.ints(100 + i * 37).fill(i));
  for (let i = 0; i < 40; i += 2) arenas[i]!.release();
  const later = Array.from({ length: 30 }, (_, i) =>
    kernels
      .memory()
      .ints(90 + i * 11)
      .fill(-i),
  );
  for (let i = 1; i < 40; i += 2) expect(arrays[i]!.every((value) => value === i)).toBe(true);
  later.forEach((array, i) => {
    expect(array.every((value) => value === -i)).toBe(true);
  });
  await kernels.dispose();
});

it('shares without copying what lies in its memory', async () => {
  const kernels = createKernels({ threads: 1 });
  const memory = kernels.memory();
  const inside = memory.floats(10);
  memory.floats(5_000_000); // grows the memory
  expect(memory.share(inside)).toBe(inside);
  const outside = Float32Array.of(1, 2, 3);
  expect(memory.share(outside)).not.toBe(outside);
  expect([...memory.share(outside)]).toEqual([1, 2, 3]);
  await kernels.dispose();
});

it('computes y-transposed y for any width, with one thread and with two', async () => {
  for (const [rows, columns] of [
    [5000, 24],
    [77, 13],
    [1, 1],
  ] as const) {
    const y = randomMatrix(rows, columns, rows);
    const [one, two] = await withThreads((kernels) => gram(kernels, y));
    expect(two).toEqual(one);
    const column = (c: number) => Array.from({ length: rows }, (_, r) => y.data[r * columns + c]!);
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < columns; j++) {
        const exact = dot(column(i), column(j));
        expect(Math.abs(one!.data[i * columns + j]! - exact)).toBeLessThan(1e-5 * rows);
      }
    }
  }
});

it('answers calls of several instances at once, and many of one', async () => {
  const a = createKernels({ threads: 2 });
  const b = createKernels({ threads: 3 });
  const y = randomMatrix(20_000, 32, 5);
  const results = await Promise.all([gram(a, y), gram(b, y), gram(a, y), gram(b, y), gram(a, y)]);
  for (const result of results) expect(result).toEqual(results[0]);
  await Promise.all([a.dispose(), b.dispose()]);
});

it('stops when its signal is aborted', async () => {
  const kernels = createKernels({ threads: 2 });
  const controller = new AbortController();
  const memory = kernels.memory();
  const args = [memory.floats(200_000 * 64).fill(1), 200_000, 64, 400, memory.floats(500 * 64 * 64)];
  const call = kernels.run('gramPartials', { tasks: 500, args, signal: controller.signal });
  setImmediate(() => controller.abort());
  await expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
  expect((await gram(kernels, randomMatrix(9000, 64, 7))).rows).toBe(64);
  await kernels.dispose();
});

it('keeps the event loop alive during a long call', async () => {
  const kernels = createKernels({ threads: 2 });
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  const memory = kernels.memory();
  const args = [memory.floats(200_000 * 64).fill(1), 200_000, 64, 400, memory.floats(500 * 64 * 64)];
  last = performance.now();
  for (let i = 0; i < 5; i++) await kernels.run('gramPartials', { tasks: 500, args });
  clearInterval(timer);
  expect(longest).toBeGreaterThan(0);
  expect(longest).toBeLessThan(60); // turns of 8 ms, and a busy machine
  await kernels.dispose();
});

it("refuses an array outside its memory and a kernel it doesn't have", async () => {
  const kernels = createKernels({ threads: 1 });
  await expect(kernels.run('gramSum', { tasks: 1, args: [new Float32Array(8)] })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
  await expect(kernels.run('nothing', { tasks: 1, args: [] })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await kernels.dispose();
});

it('knows its memory again in views that were posted, and attaches to the memory of others', async () => {
  const ours = createKernels({ threads: 1 });
  const theirs = createKernels({ threads: 1, memory: ours.shared });
  const strangers = createKernels({ threads: 1 });
  const posted = structuredClone(ours.memory().floats(3).fill(4));
  expect(theirs.memory().share(posted)).toBe(posted);
  expect(strangers.memory().share(posted)).not.toBe(posted);
  expect([...strangers.memory().share(posted)]).toEqual([4, 4, 4]);
  const elsewhere = new Float32Array(new SharedArrayBuffer(2_000_000));
  expect(ours.memory().share(elsewhere) === elsewhere).toBe(false);
  await Promise.all([ours.dispose(), theirs.dispose(), strangers.dispose()]);
});

it('reads in one thread what another thread shared', async () => {
  const ours = createKernels({ threads: 1 });
  const memory = ours.memory();
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     workerData.array.fill(7);
     parentPort.postMessage(workerData.array);`,
    { eval: true, workerData: { array: memory.floats(4), memory: ours.shared } },
  );
  const back = await new Promise<Float32Array>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  expect([...back]).toEqual([7, 7, 7, 7]);
  await worker.terminate();
  await ours.dispose();
});

it('never gives two threads the same memory, and what a killed one held hinders nobody', {
  timeout: 30_000,
}, async () => {
  const ours = createKernels({ threads: 1 });
  const source = `const { parentPort, workerData: { module, memory } } = require('node:worker_threads');
    const { allocate, release } = new WebAssembly.Instance(module, { env: { memory } }).exports;
    const blocks = [];
    for (let k = 0; k < 20_000; k++) {
      if (k % 3 === 2) release(blocks.pop().address);
      const bytes = 64 + (k % 7) * 64;
      blocks.push({ address: allocate(bytes) >>> 0, bytes });
    }
    parentPort.postMessage(blocks);
    for (;;) release(allocate(64 + Math.floor(Math.random() * 1e6)));`;
  const threads = Array.from(
    { length: 3 },
    () => new Worker(source, { eval: true, workerData: { module: kernelModule(), memory: ours.shared } }),
  );
  const blocks = (await Promise.all(threads.map(async (thread) => (await once(thread, 'message'))[0]))).flat() as {
    address: number;
    bytes: number;
  }[];
  blocks.sort((a, b) => a.address - b.address);
  const overlapping = blocks.filter(({ address }, k) => {
    const before = blocks[k - 1];
    return before !== undefined && before.address + before.bytes > address;
  });
  expect(overlapping).toEqual([]);
  await Promise.all(threads.map((thread) => thread.terminate()));
  const memory = ours.memory();
  for (let k = 0; k < 1000; k++) memory.floats(1000);
  memory.release();
  await ours.dispose();
});
