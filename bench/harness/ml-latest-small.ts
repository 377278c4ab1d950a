import { readFileSync } from 'node:fs';
import { createDataset, createVocabulary, type Dataset, fitFeatureVocabulary, sortInteractions } from 'recograph';
import type { Context } from './benchmark.ts';

/** user, item (indices), value. */
export type Rating = readonly [user: number, item: number, value: number, time: number];

/** Each user's ratings in time order: the newest fifth is the test part, the tenth before it validates. */
export const readMlLatestSmall = (context: Context) => {
  const lines = (name: string) =>
    readFileSync(context.data('ml-latest-small', name), 'utf8').trim().split(/\r?\n/).slice(1);
  const records = lines('ratings.csv').map((line) => line.split(','));
  const movies = lines('movies.csv').map((line) => ({
    id: line.slice(0, line.indexOf(',')),
    genres: line.slice(line.lastIndexOf(',') + 1).split('|'),
  }));
  const users = createVocabulary([...new Set(records.map(([user]) => user!))]);
  const items = createVocabulary(movies.map(({ id }) => id));
  const attributes = movies.map(({ genres }) => ({ genres }));
  const itemFeatures = fitFeatureVocabulary(attributes).encode(attributes);
  const byUser: Rating[][] = Array.from({ length: users.size }, () => []);
  for (const [user, item, value, time] of records) {
    const u = users.index(user!);
    byUser[u]!.push([u, items.index(item!), Number(value), Number(time) * 1000]);
  }
  const part = (from: number, to: number): Rating[] =>
    byUser.flatMap((own) => {
      const ordered = own.toSorted((a, b) => a[3] - b[3]);
      return ordered.slice(Math.round(from * own.length), Math.round(to * own.length));
    });
  const dataset = (ratings: readonly Rating[]): Dataset =>
    createDataset({
      users,
      items,
      itemFeatures,
      interactions: sortInteractions(
        {
          users: Int32Array.from(ratings, ([user]) => user),
          items: Int32Array.from(ratings, ([, item]) => item),
          values: Float32Array.from(ratings, ([, , value]) => value),
          times: Float64Array.from(ratings, ([, , , time]) => time),
        },
        users.size,
      ),
    });
  return { train: dataset(part(0, 0.7)), validation: dataset(part(0.7, 0.8)), test: part(0.8, 1), byUser };
};
