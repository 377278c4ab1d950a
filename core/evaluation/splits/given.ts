import { createDataset, createVocabulary, sortInteractions } from '../../data/index.ts';
import type { Dataset, FeatureRows, Vocabulary } from '../../spi/index.ts';
import type { Parts } from '../parts.ts';

/** The events of one file, in its order, ids as they stand there. */
export interface PartEvents {
  /** Which file; the same file may serve several parts. */
  readonly file: string;
  /** Place of each event in its file (its line, or its number where a line holds several). Default 0, 1, 2, ... */
  readonly places?: ArrayLike<number>;
  readonly users: readonly string[];
  readonly items: readonly string[];
  readonly values?: Float32Array;
  /** Implicit strength after `data.feedback`; default 1. */
  readonly weights?: Float32Array;
  readonly times?: Float64Array;
  readonly types?: Uint8Array;
  readonly typeNames?: readonly string[];
  /** Encoded by one feature vocabulary for all files. */
  readonly context?: FeatureRows;
}

/** Feature rows of the union vocabulary's users and items. */
export type DescribeIds = (
  users: Vocabulary,
  items: Vocabulary,
) => { readonly userFeatures?: FeatureRows; readonly itemFeatures?: FeatureRows };

export interface GivenFold<Source> {
  readonly train: Source;
  readonly validation?: Source;
  readonly test: Source;
}

/** Event ids are `file number * PLACES + place`. */
const PLACES = 2 ** 32;

/**
 * Parts read from their own files; `read` is called once a file and part, train first. All files of all folds share
 * one vocabulary: the union of their ids in order of appearance. Ids of events are (file, place): the same place of
 * the same file in two parts is the same event.
 */
export const givenParts = async <Source>(
  folds: readonly GivenFold<Source>[],
  read: (source: Source) => Promise<PartEvents> | PartEvents,
  describe: DescribeIds = () => ({}),
): Promise<Parts[]> => {
  const users = new Map<string, number>();
  const items = new Map<string, number>();
  const files = new Map<string, number>();
  const encoded: Record<keyof Parts, Encoded>[] = [];
  const none: PartEvents = { file: '', users: [], items: [] };
  for (const fold of folds) {
    const train = encode(await read(fold.train), users, items, files);
    const validation = encode(fold.validation === undefined ? none : await read(fold.validation), users, items, files);
    encoded.push({ train, validation, test: encode(await read(fold.test), users, items, files) });
  }
  const userVocabulary = createVocabulary([...users.keys()]);
  const itemVocabulary = createVocabulary([...items.keys()]);
  const features = describe(userVocabulary, itemVocabulary);
  const dataset = (events: Encoded): Dataset =>
    createDataset({
      users: userVocabulary,
      items: itemVocabulary,
      interactions: sortInteractions(events, users.size),
      ...features,
    });
  return encoded.map(({ train, validation, test }) => ({
    train: dataset(train),
    validation: dataset(validation),
    test: dataset(test),
  }));
};

type Encoded = Parameters<typeof sortInteractions>[0];

const encode = (
  events: PartEvents,
  users: Map<string, number>,
  items: Map<string, number>,
  files: Map<string, number>,
): Encoded => {
  const { file, places, users: userIds, items: itemIds, ...columns } = events;
  const base = indexIn(files, file) * PLACES;
  return {
    ...columns,
    users: Int32Array.from(userIds, (id) => indexIn(users, id)),
    items: Int32Array.from(itemIds, (id) => indexIn(items, id)),
    eventIds: Float64Array.from({ length: userIds.length }, (_, k) => base + (places ? places[k]! : k)),
  };
};

const indexIn = (indices: Map<string, number>, id: string): number => {
  const index = indices.get(id) ?? indices.size;
  if (index === indices.size) indices.set(id, index);
  return index;
};
