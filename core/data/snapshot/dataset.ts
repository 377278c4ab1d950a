import type { Dataset, FeatureRows, Interactions, ItemRecord, Json, UserRecord } from '../../spi/index.ts';
import { createDataset, gatherFeatures, sortInteractions } from '../dataset.ts';
import { type FeedbackRules, feedbackWeight, isNegative, ruleOf } from '../feedback.ts';
import { type Snapshot, type SnapshotEvents, withoutRows } from './read.ts';

export interface DatasetOptions {
  /** By event type; without any, all events are positives of weight 1. */
  readonly feedback?: FeedbackRules;
  /** Later events are left out, ms; default: none. */
  readonly latest?: number;
  /** How records become feature rows, row for row; what is left out gives no columns. */
  readonly encodeItems?: (records: readonly ItemRecord[]) => FeatureRows;
  readonly encodeUsers?: (records: readonly UserRecord[]) => FeatureRows;
  /** Called with the distinct contexts alone, an empty one first. */
  readonly encodeContexts?: (contexts: readonly Readonly<Record<string, Json>>[]) => FeatureRows;
}

/** The dataset that components are fitted on. */
export const datasetFromSnapshot = (snapshot: Snapshot, options: DatasetOptions = {}): Dataset => {
  const { users, items } = snapshot;
  const { feedback = {}, latest = Number.POSITIVE_INFINITY } = options;
  const events = upTo(snapshot.events, latest);
  const interactions = sortInteractions(
    {
      users: events.users,
      items: events.items,
      values: events.values,
      weights: weightsOf(events, feedback),
      times: events.times,
      types: events.types,
      typeNames: events.typeNames,
      eventIds: events.ids,
      ...contextOf(events, options.encodeContexts),
    },
    users.size,
  );
  takeBack(interactions, feedback);
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
  feedback: FeedbackRules,
): Float32Array => {
  const of = (value: number) => events.typeNames.map((type) => feedbackWeight(feedback, type, value));
  const [least, most] = [of(Number.NEGATIVE_INFINITY), of(Number.NaN)];
  const minima = events.typeNames.map((type) => minimumOf(feedback, type));
  const result = new Float32Array(events.values.length);
  for (let row = 0; row < result.length; row++) {
    const type = events.types[row]!;
    result[row] = events.values[row]! < minima[type]! ? least[type]! : most[type]!;
  }
  return result;
};

const minimumOf = (feedback: FeedbackRules, type: string): number => {
  const rule = ruleOf(feedback, type);
  return rule?.kind === 'explicit' ? (rule.min ?? Number.NaN) : Number.NaN;
};

/** A negative event takes the same user's earlier positives of the item back: their weights become 0, in place. */
const takeBack = ({ items, types, typeNames, weights, userOffsets }: Interactions, feedback: FeedbackRules): void => {
  const negative = typeNames.map((type) => isNegative(feedback, type));
  if (!negative.includes(true)) return;
  for (let user = 0; user + 1 < userOffsets.length; user++) {
    const rejected = new Set<number>();
    for (let row = userOffsets[user + 1]! - 1; row >= userOffsets[user]!; row--) {
      if (negative[types[row]!]) rejected.add(items[row]!);
      else if (rejected.has(items[row]!)) weights[row] = 0;
    }
  }
};

/** The events up to that time; those without a time stay. */
const upTo = (events: SnapshotEvents, latest: number): SnapshotEvents =>
  events.times.some((time) => time > latest) ? withoutRows(events, (row) => events.times[row]! > latest) : events;

const contextOf = (events: SnapshotEvents, encode: DatasetOptions['encodeContexts']): { context?: FeatureRows } => {
  if (!encode) return {};
  const distinct = events.contextTexts.map((text) => JSON.parse(text) as Record<string, Json>);
  const encoded = encode([{}, ...distinct]);
  const rows = events.contexts.length === 0 ? new Int32Array(events.length) : events.contexts;
  return { context: gatherFeatures(encoded, rows) };
};
