import { createDataset, gatherFeatures } from '../data/index.ts';
import type { Dataset, Interactions, Rng, Splitter } from '../spi/index.ts';

/** What is learned from, tuned on and tested on: datasets over one vocabulary, event ids kept. */
export interface Parts {
  readonly train: Dataset;
  readonly validation: Dataset;
  readonly test: Dataset;
}

const pick = <A extends Int32Array | Float32Array | Float64Array | Uint8Array>(array: A, rows: Uint32Array): A => {
  const result = new (array.constructor as new (length: number) => A)(rows.length);
  for (let k = 0; k < rows.length; k++) result[k] = array[rows[k]!]!;
  return result;
};

/** The rows of `interactions` that `rows` names in ascending order; they stay sorted. */
export const selectRows = (interactions: Interactions, rows: Uint32Array): Interactions => {
  const users = pick(interactions.users, rows);
  const userOffsets = new Uint32Array(interactions.userOffsets.length);
  for (const user of users) userOffsets[user + 1]!++;
  for (let u = 1; u < userOffsets.length; u++) userOffsets[u]! += userOffsets[u - 1]!;
  return {
    length: rows.length,
    users,
    items: pick(interactions.items, rows),
    values: pick(interactions.values, rows),
    weights: pick(interactions.weights, rows),
    times: pick(interactions.times, rows),
    types: pick(interactions.types, rows),
    typeNames: interactions.typeNames,
    eventIds: pick(interactions.eventIds, rows),
    userOffsets,
    context: gatherFeatures(interactions.context, rows),
  };
};

/** A dataset with the vocabulary and features of `data` and other events. */
export const withInteractions = (data: Dataset, interactions: Interactions): Dataset =>
  createDataset({
    users: data.users,
    items: data.items,
    interactions,
    userFeatures: data.userFeatures,
    itemFeatures: data.itemFeatures,
  });

/** The folds of a splitter over a dataset. */
export const splitDataset = (data: Dataset, splitter: Splitter, rng: Rng): Parts[] =>
  splitter.split(data.interactions, rng).map((rows) => ({
    train: withInteractions(data, selectRows(data.interactions, rows.train)),
    validation: withInteractions(data, selectRows(data.interactions, rows.validation)),
    test: withInteractions(data, selectRows(data.interactions, rows.test)),
  }));
