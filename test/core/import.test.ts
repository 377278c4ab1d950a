import { fileURLToPath } from 'node:url';
import { importData } from 'recograph';
import { expect, it } from 'vitest';
import { tempStore } from '../support/temp-store.ts';

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
