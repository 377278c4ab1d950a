import { join } from 'node:path';
import { datasetFromSnapshot, readSnapshot, type Snapshot } from '../data/index.ts';
import { latestOf } from '../data/plausible.ts';
import {
  checkedFolds,
  createSplitter,
  type Parts,
  type RowSplitConfig,
  selectRows,
  withInteractions,
} from '../evaluation/index.ts';
import { createRng } from '../math/index.ts';
import { type Config, isPluginSplit } from '../registry/sections/index.ts';
import type { Dataset, Interactions, ItemRecord, Json, SplitRows, Store } from '../spi/index.ts';
import { type Encoders, fitEncoders } from '../training/encoders.ts';
import type { EventWeight } from '../training/ranking-queries.ts';
import { dataNotes } from './data-notes.ts';
import type { Environment } from './environment.ts';

/** The store's data as a run learns from it. */
export interface Prepared {
  readonly all: Dataset;
  readonly encoders: Encoders;
  /** One entry a fold, over `all`'s vocabulary; absent where no split was asked for. */
  readonly folds?: readonly Parts[];
  readonly lastEventId: number;
  /** What of the events does not count as one may think. */
  readonly warnings: readonly string[];
  recordOf(item: string): ItemRecord | undefined;
  /** Inverse propensities, where `training.positionBias` asks for them. */
  readonly eventWeight: EventWeight | undefined;
}

/**
 * Reads the store and encodes its features. Where a split is asked for, the columns of request contexts are learned
 * from the training part alone, the first fold's where there are several.
 */
export const readPrepared = async (
  { config, bundleFolder, clock, create }: Environment,
  store: Store,
  split: RowSplitConfig | undefined,
  seed = config.seed,
): Promise<Prepared> => {
  const snapshot = await readSnapshot(store, join(bundleFolder, '..', 'snapshot.columns'));
  const { feedback, futureDays } = config.data;
  const now = clock.now();
  const latest = latestOf(futureDays, now);
  const warnings = dataNotes(snapshot.events, config.data, now);
  const bare = datasetFromSnapshot(snapshot, { feedback, latest });
  const folds = split && rowsOf(split, bare.interactions, seed, create);
  const contexts = contextsOf(snapshot, bare, folds?.[0]);
  const encoders = fitEncoders(snapshot.itemRecords, snapshot.userRecords, contexts, config.data);
  const all = datasetFromSnapshot(snapshot, {
    feedback,
    latest,
    encodeItems: encoders.items,
    encodeUsers: encoders.users,
    ...(snapshot.events.contextTexts.length > 0 ? { encodeContexts: encoders.contexts } : {}),
  });
  const part = (of: Uint32Array): Dataset => withInteractions(all, selectRows(all.interactions, of));
  return {
    all,
    encoders,
    warnings,
    lastEventId: snapshot.lastEvent,
    recordOf: (item) => snapshot.itemRecords[snapshot.items.index(item)],
    eventWeight: await eventWeights(config, store),
    ...(folds && {
      folds: folds.map(({ train, validation, test }) => ({
        train: part(train),
        validation: part(validation),
        test: part(test),
      })),
    }),
  };
};

/** The rows of each fold's parts. */
const rowsOf = (
  split: RowSplitConfig,
  interactions: Interactions,
  seed: number,
  create: Environment['create'],
): readonly SplitRows[] => {
  const splitter = isPluginSplit(split) ? create('splitter', split, 'evaluation.split') : createSplitter(split);
  return checkedFolds(splitter.split(interactions, createRng(seed).fork('split')), interactions.length, split.use);
};

/** What stood further down in its slate was less likely to be looked at, so choosing it says more. */
const eventWeights = async ({ training: { positionBias } }: Config, store: Store): Promise<EventWeight | undefined> => {
  if (positionBias === 0) return undefined;
  const positions = await store.shownPositions();
  return (eventId) => (positions.get(eventId) ?? 1) ** positionBias;
};

/** The contexts of the events that may be learned from. */
const contextsOf = (
  { events }: Snapshot,
  { interactions }: Dataset,
  rows: SplitRows | undefined,
): Readonly<Record<string, Json>>[] => {
  if (events.contexts.length === 0) return [];
  const texts = events.contextTexts.map((text) => JSON.parse(text) as Record<string, Json>);
  const learned = rows ? new Set(Array.from(rows.train, (row) => interactions.eventIds[row]!)) : undefined;
  const contexts: Record<string, Json>[] = [];
  for (let k = 0; k < events.length; k++) {
    const place = events.contexts[k]!;
    if (place > 0 && (!learned || learned.has(events.ids[k]!))) contexts.push(texts[place - 1]!);
  }
  return contexts;
};
