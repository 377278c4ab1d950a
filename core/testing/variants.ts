import type { Dataset } from 'recograph';
import { createDataset, createVocabulary, gatherFeatures, sortInteractions } from 'recograph';

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, k) => from + k);

/** The same data with the first `users` and `items` alone; `events: false` leaves out what they did. */
export const firstOf = (
  data: Dataset,
  { users = data.users.size, items = data.items.size, events = true },
): Dataset => {
  const { interactions } = data;
  const rows = range(0, events ? interactions.length : 0).filter(
    (row) => interactions.users[row]! < users && interactions.items[row]! < items,
  );
  const of = <A extends Int32Array | Float32Array | Float64Array | Uint8Array>(array: A): A =>
    new (array.constructor as new (values: number[]) => A)(rows.map((row) => array[row]!));
  return createDataset({
    users: createVocabulary(range(0, users).map((user) => data.users.id(user))),
    items: createVocabulary(range(0, items).map((item) => data.items.id(item))),
    interactions: sortInteractions(
      {
        users: of(interactions.users),
        items: of(interactions.items),
        values: of(interactions.values),
        weights: of(interactions.weights),
        times: of(interactions.times),
        types: of(interactions.types),
        typeNames: interactions.typeNames,
        eventIds: of(interactions.eventIds),
        context: gatherFeatures(interactions.context, rows),
      },
      users,
    ),
    userFeatures: gatherFeatures(data.userFeatures, range(0, users)),
    itemFeatures: gatherFeatures(data.itemFeatures, range(0, items)),
  });
};

/** The same data with NaN for every value that this user gave. */
export const withoutValuesOf = (data: Dataset, user: number): Dataset => {
  const { interactions } = data;
  const values = interactions.values.slice();
  values.fill(Number.NaN, interactions.userOffsets[user]!, interactions.userOffsets[user + 1]!);
  return createDataset({ ...data, interactions: { ...interactions, values } });
};
