import type { Check } from 'recograph/testing';
import { expect } from 'vitest';

/** Runs all checks: those named fail, each saying what it expected, what it saw and what to do; the others pass. */
export const expectFailures = async (checks: readonly Check[], names: readonly string[]): Promise<void> => {
  const failed: string[] = [];
  for (const { name, run } of checks) {
    const error = await run().then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    );
    if (error === undefined) continue;
    failed.push(name);
    if (names.includes(name)) expect(error.message).toMatch(/^Expected .+\nSaw .+\nTo mend it: .+/s);
    else expect.soft(`${name}: ${error.message}`).toBe('no failure');
  }
  expect(failed).toEqual(names);
};
