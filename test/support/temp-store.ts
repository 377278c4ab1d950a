import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from 'recograph';
import { onTestFinished } from 'vitest';
import { openStore } from '../../plugins/store-typeorm/store.ts';

/** A folder that is removed when the test ends. */
export const tempFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'recograph-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** A store on a real SQLite file, closed when the test ends; its clock stands at 1,000. */
export const tempStore = async (path?: string): Promise<Store> => {
  const store = await openStore({ path: path ?? join(await tempFolder(), 'test.sqlite') }, { now: () => 1000 });
  onTestFinished(() => store.close());
  return store;
};
