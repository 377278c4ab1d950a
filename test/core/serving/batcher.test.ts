import { expect, it } from 'vitest';
import { createBatcher } from '../../../core/serving/batcher.ts';

it('answers concurrent calls of one key in one batch, and what comes meanwhile in the next', async () => {
  const batches: (readonly number[])[] = [];
  const gates: (() => void)[] = [];
  const batcher = createBatcher<number, number>(async (_key, calls) => {
    batches.push(calls);
    await new Promise<void>((resolve) => gates.push(resolve));
    return calls.map((call) => call * 10);
  }, 2);
  const first = [1, 2, 3].map((call) => batcher('a', call));
  await new Promise((resolve) => setImmediate(resolve));
  const late = batcher('a', 4);
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
  const batcher = createBatcher<number, number>(async (key, calls) => {
    if (key === 'bad') throw new Error('no');
    return calls;
  }, 10);
  const bad = batcher('bad', 1);
  const good = batcher('good', 2);
  await expect(bad).rejects.toThrow('no');
  expect(await good).toBe(2);
  await expect(batcher('bad', 3)).rejects.toThrow('no');
});
