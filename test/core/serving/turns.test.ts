import { setImmediate as loopTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createTurns } from '../../../core/serving/turns.ts';

/** Each step takes 3 ms of a clock of its own: a slice of 5 ms holds two. */
const world = () => {
  let ms = 0;
  const log: string[] = [];
  function* work(name: string, steps: number): Generator<void, string> {
    for (let k = 0; k < steps; k++) {
      ms += 3;
      log.push(name);
      yield;
    }
    return name;
  }
  return { turns: createTurns(() => ms), work, log };
};

it('takes turns: short work does not wait for the end of long work', async () => {
  const { turns, work, log } = world();
  const long = turns.run(work('a', 6));
  const short = turns.run(work('b', 1));
  expect(await short).toBe('b');
  expect(log.join('')).toBe('aab');
  expect(await long).toBe('a');
  expect(log.join('')).toBe('aabaaaa');
});

it('lets what else the thread has to do through between two slices', async () => {
  const { turns, work, log } = world();
  const done = turns.run(work('a', 4));
  await loopTurn();
  log.push('-');
  await done;
  expect(log.join('')).toMatch(/^a+-a+$/);
});

it('leaves work that nobody waits for any more', async () => {
  const { turns, work, log } = world();
  expect(await turns.run(work('a', 100), () => log.length >= 3)).toBeUndefined();
  expect(log).toHaveLength(3);
});

it('an error of the work is its caller’s alone', async () => {
  const { turns, work } = world();
  function* fails(): Generator<void, string> {
    yield;
    throw new Error('broken');
  }
  const broken = turns.run(fails());
  const fine = turns.run(work('b', 3));
  await expect(broken).rejects.toThrow('broken');
  expect(await fine).toBe('b');
});
