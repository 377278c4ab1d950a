import type { Dataset, FeatureRows, ItemRecord, Json, UserRecord } from '../../spi/index.ts';
import { createDataset, gatherFeatures, sortInteractions } from '../dataset.ts';
import type { Feedback } from '../feedback.ts';
import type { Snapshot, SnapshotEvents } from './read.ts';

export interface DatasetOptions {
  /** By event type; a type not named is implicit with weight 1. */
  readonly feedback?: Readonly<Record<string, Feedback>>;
  /** How records become feature rows, row for row; what is left out gives no columns. */
  readonly encodeItems?: (records: readonly ItemRecord[]) => FeatureRows;
  readonly encodeUsers?: (records: readonly UserRecord[]) => FeatureRows;
  /** Called with the distinct contexts alone, an empty one first. */
  readonly encodeContexts?: (contexts: readonly Readonly<Record<string, Json>>[]) => FeatureRows;
}

/** The dataset that components are fitted on. */
export const datasetFromSnapshot = (snapshot: Snapshot, options: DatasetOptions = {}): Dataset => {
  const { users, items, events } = snapshot;
  const interactions = sortInteractions(
    {
      users: events.users,
      items: events.items,
      values: events.values,
      weights: weightsOf(events, options.feedback ?? {}),
      times: events.times,
      types: events.types,
      typeNames: events.typeNames,
      eventIds: events.ids,
      ...contextOf(events, options.encodeContexts),
    },
    users.size,
  );
  return createDataset({
    users,
    items,
    interactions,
    ...(options.encodeItems ? { itemFeatures: options.encodeItems(snapshot.itemRecords) } : {}),
    ...(options.encodeUsers ? { userFeatures: options.encodeUsers(snapshot.userRecords) } : {}),
  });
};

/** `feedbackWeight` of each event. */
export const weightsOf = (
  events: Pick<SnapshotEvents, 'types' | 'typeNames' | 'values'>,
  feedback: Readonly<Record<string, Feedback>>,
): Float32Array => {
  const rules = events.typeNames.map((name) => (Object.hasOwn(feedback, name) ? feedback[name] : undefined));
  const minima = rules.map((rule) => (rule?.kind === 'explicit' ? (rule.min ?? Number.NaN) : Number.NaN));
  const weights = rules.map((rule) => rule?.weight ?? 1);
  const result = new Float32Array(events.values.length);
  for (let row = 0; row < result.length; row++) {
    const type = events.types[row]!;
    result[row] = events.values[row]! < minima[type]! ? 0 : weights[type]!;
  }
  return result;
};

const contextOf = (events: SnapshotEvents, encode: DatasetOptions['encodeContexts']): { context?: FeatureRows } => {
  if (!encode) return {};
  const distinct = events.contextTexts.map((text) => JSON.parse(text) as Record<string, Json>);
  const encoded = encode([{}, ...distinct]);
  const rows = events.contexts.length === 0 ? new Int32Array(events.length) : events.contexts;
  return { context: gatherFeatures(encoded, rows) };
};
