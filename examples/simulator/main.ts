import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs an example in a folder of its own and prints its report as a table. */
export const runExample = async (run: (storePath: string) => Promise<object>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'recograph-example-'));
  try {
    const report = await run(join(folder, 'store.sqlite'));
    const width = Math.max(...Object.keys(report).map((name) => name.length));
    for (const [name, value] of Object.entries(report)) {
      const shown = typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(3) : String(value);
      console.log(`${name.padEnd(width)}  ${shown}`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
};
