import { createDataset, gatherFeatures } from '../data/index.ts';
import {
  type Dataset,
  type Interactions,
  RecographError,
  type Rng,
  type SplitRows,
  type Splitter,
} from '../spi/index.ts';

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

/**
 * What a splitter gave, held to its contract: at least one fold, rows ascending within 0 .. length - 1, each in one part
 * at most. Throws INTERNAL naming the splitter.
 */
export const checkedFolds = (folds: readonly SplitRows[], length: number, splitter: string): readonly SplitRows[] => {
  const fail = (problem: string) =>
    new RecographError('INTERNAL', `The splitter "${splitter}" ${problem}.`, { at: 'evaluation.split' });
  if (folds.length === 0) throw fail('gave no fold');
  for (const fold of folds) {
    const taken = new Uint8Array(length);
    for (const part of ['train', 'validation', 'test'] as const) {
      const rows = fold[part];
      if (!(rows instanceof Uint32Array)) throw fail(`gave rows of ${part} that are no Uint32Array`);
      for (let k = 0; k < rows.length; k++) {
        const row = rows[k]!;
        if (row >= length) throw fail(`put row ${row} into ${part}; there are ${length} events, rows 0..${length - 1}`);
        if (taken[row] === 1) throw fail(`put row ${row} into two parts, or twice into ${part}`);
        if (k > 0 && row < rows[k - 1]!) throw fail(`gave rows of ${part} that do not ascend`);
        taken[row] = 1;
      }
    }
  }
  return folds;
};

/** The folds of a splitter over a dataset. */
export const splitDataset = (data: Dataset, splitter: Splitter, rng: Rng): Parts[] =>
  splitter.split(data.interactions, rng).map((rows) => ({
    train: withInteractions(data, selectRows(data.interactions, rows.train)),
    validation: withInteractions(data, selectRows(data.interactions, rows.validation)),
    test: withInteractions(data, selectRows(data.interactions, rows.test)),
  }));
