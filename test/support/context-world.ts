import {
  type Attributes,
  createDataset,
  createVocabulary,
  type Dataset,
  fitFeatureVocabulary,
  type QueryBatch,
  type SharedItems,
  sortInteractions,
} from 'recograph';
import { stranger } from './tiny.ts';

export interface WorldEvent {
  readonly user?: number;
  readonly item?: number;
  readonly label: number;
  readonly value?: number;
  readonly context?: Attributes;
}

/** Events with contexts, attributes of items and users; `ask` and `set` make queries and item sets of the same encoding. */
export const contextWorld = (
  events: readonly WorldEvent[],
  items: readonly Attributes[] = [{}, {}],
  users: readonly Attributes[] = [{}, {}],
) => {
  const contexts = fitFeatureVocabulary(events.map(({ context }) => context ?? {}));
  const ofItems = fitFeatureVocabulary(items);
  const ofUsers = fitFeatureVocabulary(users);
  const data: Dataset = createDataset({
    users: createVocabulary(users.map((_, u) => `u${u}`)),
    items: createVocabulary(items.map((_, i) => `i${i}`)),
    interactions: sortInteractions(
      {
        users: Int32Array.from(events, ({ user = 0 }) => user),
        items: Int32Array.from(events, ({ item = 0 }) => item),
        weights: Float32Array.from(events, ({ label }) => label),
        values: Float32Array.from(events, ({ label, value }) => value ?? label),
        context: contexts.encode(events.map(({ context }) => context ?? {})),
      },
      users.length,
    ),
    itemFeatures: ofItems.encode(items),
    userFeatures: ofUsers.encode(users),
  });
  const ask = (...rows: { user: number; context?: Attributes; attributes?: Attributes }[]): QueryBatch => ({
    size: rows.length,
    users: Int32Array.from(rows, ({ user }) => user),
    seeds: new Uint32Array(rows.length),
    histories: { ...stranger().histories, offsets: new Uint32Array(rows.length + 1) },
    userFeatures: ofUsers.encode(rows.map(({ user, attributes }) => attributes ?? users[user] ?? {})),
    context: contexts.encode(rows.map(({ context }) => context ?? {})),
    now: new Float64Array(rows.length),
    extra: {},
  });
  const set = (...rows: readonly (readonly [number, Attributes?])[]): SharedItems => ({
    kind: 'shared',
    indices: Int32Array.from(rows, ([item]) => item),
    features: ofItems.encode(rows.map(([item, attributes]) => attributes ?? items[item] ?? {})),
  });
  return { data, ask, set };
};

/** Two users, four items of two genres, two times of day: a positive where user and genre match, but in the evening the reverse. */
export const twistedWorld = () => {
  const events: WorldEvent[] = [];
  for (let repeat = 0; repeat < 6; repeat++) {
    for (const user of [0, 1]) {
      for (const item of [0, 1, 2, 3]) {
        for (const time of ['morning', 'evening']) {
          const match = user === item % 2;
          events.push({ user, item, label: match === (time === 'morning') ? 1 : 0, context: { time, load: repeat } });
        }
      }
    }
  }
  const items = ['noir', 'farce', 'noir', 'farce'].map((genre, k) => ({ genre, price: k / 2, tags: [genre, `t${k}`] }));
  return contextWorld(events, items, [{ age: 20 }, { age: 60 }]);
};
