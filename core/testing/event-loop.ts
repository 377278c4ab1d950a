import { performance } from 'node:perf_hooks';
import { expectThat } from './check.ts';

/** On a busy machine a short piece of work can look long, so the shortest of several tries counts. */
const TRIES = 5;

/** Fails when something keeps the event loop from turning for longer than `limitMs`, each time it is tried. */
export const expectTurns = async (
  doing: string,
  limitMs: number,
  run: () => Promise<unknown>,
  fix: string,
): Promise<void> => {
  let shortest = Number.POSITIVE_INFINITY;
  for (let k = 0; k < TRIES && shortest > limitMs; k++) shortest = Math.min(shortest, await longestBlock(run));
  expectThat(shortest <= limitMs, () => ({
    expected: `${doing} to give the event loop a turn every ${limitMs} ms`,
    seen: `${Math.round(shortest)} ms without one, at the best of ${TRIES} tries`,
    fix,
  }));
};

/** The longest time between two turns of the event loop while `run` runs, in ms. */
const longestBlock = async (run: () => Promise<unknown>): Promise<number> => {
  let longest = 0;
  let last = performance.now();
  const mark = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  let turning = setImmediate(function turn() {
    mark();
    turning = setImmediate(turn);
  });
  try {
    await run();
  } finally {
    clearImmediate(turning);
  }
  mark();
  return longest;
};
