import { expect, it } from 'vitest';
import { createBatcher } from '../../../core/serving/batcher.ts';

it('answers concurrent calls of one key in one batch, and what comes meanwhile in the next', async () => {
  const batches: (readonly number[])[] = [];
  const gates: (() => void)[] = [];
  const batcher = createBatcher<number, number>(
    async (_key, calls) => {
      batches.push(calls);
      await new Promise<void>((resolve) => gates.push(resolve));
      return calls.map((call) => call * 10);
    },
    { maxBatch: 2, width: 1 },
  );
  const first = [1, 2, 3].map((call) => batcher.submit('a', call));
  await new Promise((resolve) => setImmediate(resolve));
  const late = batcher.submit('a', 4);
  gates.shift()!();
  expect(await Promise.all(first.slice(0, 2))).toEqual([10, 20]);
  await new Promise((resolve) => setImmediate(resolve));
  gates.shift()!();
  expect(await Promise.all([first[2], late])).toEqual([30, 40]);
  expect(batches).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

it('a failing batch fails its own calls alone', async () => {
  const batcher = createBatcher<number, number>(
    async (key, calls) => {
      if (key === 'bad') throw new Error('no');
      return calls;
    },
    { maxBatch: 10, width: 1 },
  );
  const bad = batcher.submit('bad', 1);
  const good = batcher.submit('good', 2);
  await expect(bad).rejects.toThrow('no');
  expect(await good).toBe(2);
  await expect(batcher.submit('bad', 3)).rejects.toThrow('no');
});
