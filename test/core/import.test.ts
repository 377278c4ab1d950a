import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importData } from 'recograph';
import { expect, it } from 'vitest';
import { tempFolder, tempStore } from '../support/temp-store.ts';

const movielens = fileURLToPath(new URL('../../examples/movies/data/ml-latest-small', import.meta.url));

it('imports a MovieLens folder, movies with it, and changes nothing the second time', async () => {
  const store = await tempStore();
  const sources = { interactions: { path: movielens, format: 'movielens' as const } };
  const first = await importData(store, sources);
  expect(first).toMatchObject({
    imported: { events: 100_836, items: 9742, users: 610 },
    rejected: 0,
    rejectFile: null,
  });
  const version = await store.version();

  const second = await importData(store, sources);
  expect(second).toMatchObject({ imported: { events: 0, items: 0, users: 0 }, duplicates: 100_836 });
  expect(await store.version()).toBe(version);
  expect(await store.items(['1'])).toEqual([
    {
      id: '1',
      title: 'Toy Story (1995)',
      categories: ['Adventure', 'Animation', 'Children', 'Comedy', 'Fantasy'],
      available: true,
      image: null,
      attributes: { year: 1995, tags: ['pixar', 'fun'] },
    },
  ]);
  // The newest of user 1 in ratings.csv: 965719662 seconds.
  const [history] = await store.histories(['1'], 1000);
  expect(history).toHaveLength(232);
  expect(history?.at(-1)?.time).toBe(965_719_662_000);
});

const file = async (content: string): Promise<string> => {
  const path = join(await tempFolder(), 'events.csv');
  await writeFile(path, content);
  return path;
};

it('counts equal rows of one file each, and knows them again however the file grows', async () => {
  const store = await tempStore();
  const header = 'user,item,rating,time\n';
  const path = await file(`${header}u,i,5,1\nu,i,5,1\nu,i,4,1\n`);
  expect(await importData(store, { interactions: { path } })).toMatchObject({ imported: { events: 3 }, duplicates: 0 });
  await writeFile(path, `${header}u,i,4,1\nu,i,5,1\nu,i,5,1\nu,i,5,1\n`);
  expect(await importData(store, { interactions: { path } })).toMatchObject({ imported: { events: 1 }, duplicates: 3 });
  expect((await store.counts()).events).toBe(4);
});

it('writes nothing when a row is malformed, and names it', async () => {
  const store = await tempStore();
  const path = await file('user,item,rating\nu,i,5\nu,i,x\n');
  await expect(importData(store, { interactions: { path } })).rejects.toMatchObject({
    code: 'DATA_INVALID',
    at: `${path}:3`,
    message: expect.stringContaining('value is "x", not a number'),
  });
  expect(await store.counts()).toEqual({ events: 0, items: 0, users: 0 });
  expect(readdirSync(dirname(store.path)).filter((name) => !name.startsWith('test.sqlite'))).toEqual([]);
});

it('skips malformed rows into a reject file', async () => {
  const store = await tempStore();
  const bad = Array.from({ length: 150 }, () => 'u,i,x\n').join('');
  const path = await file(`user,item,rating\nu,i,5\n${bad},i,1\nv,j,1\n`);
  const result = await importData(store, { interactions: { path } }, { onError: 'skip' });
  expect(result).toMatchObject({ imported: { events: 2, items: 2, users: 2 }, rejected: 151 });
  expect(result.rejects).toHaveLength(100);
  const lines = readFileSync(result.rejectFile!, 'utf8').trim().split('\n');
  expect(lines).toHaveLength(151);
  expect(JSON.parse(lines[150]!)).toEqual({ file: path, line: 153, code: 'DATA_INVALID', message: 'user is empty' });
  expect(dirname(result.rejectFile!)).toBe(dirname(store.path));
});

it('writes nothing when it is cancelled, at any point', async () => {
  const store = await tempStore();
  const path = await file(`user,item\n${'u,i\n'.repeat(50_000)}`);
  for (const phase of ['reading', 'writing']) {
    const abort = new AbortController();
    const report = (progress: { phase: string }) => progress.phase === phase && abort.abort();
    const cancelled = importData(store, { interactions: { path } }, { signal: abort.signal, report });
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
  }
  expect(await store.counts()).toEqual({ events: 0, items: 0, users: 0 });
  expect(existsSync(store.path)).toBe(true);
});

it('takes equal rows of two files for the same events', async () => {
  const store = await tempStore();
  const rows = 'user,item,time\na,x,1\nb,y,2\n';
  await importData(store, { interactions: { path: await file(rows) } });
  await store.recordEvents([{ user: 'c', item: 'z', type: 'click', value: null, time: 3 }]);
  const result = await importData(store, { interactions: { path: await file(`${rows}d,w,4\n`) } });
  expect(result).toMatchObject({ imported: { events: 1, items: 1, users: 1 }, duplicates: 2 });
});
