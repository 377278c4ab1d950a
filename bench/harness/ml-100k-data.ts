import { readFileSync } from 'node:fs';
import { createDataset, createVocabulary, type Dataset, fitFeatureVocabulary, sortInteractions } from 'recograph';
import type { Context } from './benchmark.ts';

/** user, item (indices), value, time (s). */
export type Rating = readonly [user: number, item: number, value: number, time: number];

/** Users and items with their attributes, and the ratings of a file as they are wanted. */
export const readMl100k = (context: Context) => {
  const lines = (name: string) => readFileSync(context.data('ml-100k', name), 'latin1').trim().split('\n');
  const genres = lines('u.genre').map((line) => line.split('|')[0]!);
  const users = lines('u.user').map((line) => line.split('|'));
  const items = lines('u.item').map((line) => line.split('|'));
  const [userIds, itemIds] = [users, items].map((rows) => createVocabulary(rows.map(([id]) => id!)));
  const ofUsers = users.map(([, age, gender, occupation]) => ({
    age: `${Math.floor(Number(age) / 10)}0s`,
    gender: gender!,
    occupation: occupation!,
  }));
  const ofItems = items.map((row) => ({ genres: genres.filter((_, g) => row[5 + g] === '1') }));
  const features = {
    userFeatures: fitFeatureVocabulary(ofUsers).encode(ofUsers),
    itemFeatures: fitFeatureVocabulary(ofItems).encode(ofItems),
  };
  return {
    ratings: (name: string): Rating[] =>
      lines(name).map((line) => {
        const [user, item, value, time] = line.split('\t');
        return [userIds!.index(user!), itemIds!.index(item!), Number(value), Number(time)];
      }),
    dataset: (ratings: readonly Rating[]): Dataset =>
      createDataset({
        users: userIds!,
        items: itemIds!,
        ...features,
        interactions: sortInteractions(
          {
            users: Int32Array.from(ratings, ([user]) => user),
            items: Int32Array.from(ratings, ([, item]) => item),
            values: Float32Array.from(ratings, ([, , value]) => value),
            times: Float64Array.from(ratings, ([, , , time]) => time * 1000),
          },
          userIds!.size,
        ),
      }),
  };
};
