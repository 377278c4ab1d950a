import type { Dataset, FeatureRows, Histories, ItemSet, QueryBatch, RaggedItems, SharedItems } from 'recograph';
import { gatherFeatures, noFeatures, queriesOf } from 'recograph';

const range = (length: number): Int32Array => Int32Array.from({ length }, (_, k) => k);

/** Every user of the data with their whole history, each in the context of their last event. */
export const askersOf = (data: Dataset, extra: QueryBatch['extra'] = {}): QueryBatch => {
  const { userOffsets, length, context } = data.interactions;
  const users = range(data.users.size);
  const last = users.map((user) => Math.min(length - 1, Math.max(0, userOffsets[user + 1]! - 1)));
  return {
    ...queriesOf(data, users, 5),
    context: length === 0 ? noFeatures(users.length) : gatherFeatures(context, last),
    extra,
  };
};

/** The queries `rows` names, in that order. */
export const pickQueries = (queries: QueryBatch, rows: ArrayLike<number>): QueryBatch => {
  const places = Int32Array.from(rows);
  return {
    size: places.length,
    users: places.map((q) => queries.users[q]!),
    seeds: Uint32Array.from(places, (q) => queries.seeds[q]!),
    histories: pickHistories(queries.histories, places),
    userFeatures: gatherFeatures(queries.userFeatures, places),
    context: gatherFeatures(queries.context, places),
    now: Float64Array.from(places, (q) => queries.now[q]!),
    extra: queries.extra,
  };
};

const pickHistories = (histories: Histories, queries: Int32Array): Histories => {
  const rows: number[] = [];
  const offsets = new Uint32Array(queries.length + 1);
  queries.forEach((query, q) => {
    for (let k = histories.offsets[query]!; k < histories.offsets[query + 1]!; k++) rows.push(k);
    offsets[q + 1] = rows.length;
  });
  return { offsets, ...eventsAt(histories, rows) };
};

const eventsAt = (histories: Histories, rows: readonly number[]): Omit<Histories, 'offsets'> => ({
  items: Int32Array.from(rows, (k) => histories.items[k]!),
  values: Float32Array.from(rows, (k) => histories.values[k]!),
  weights: Float32Array.from(rows, (k) => histories.weights[k]!),
  times: Float64Array.from(rows, (k) => histories.times[k]!),
  types: Uint8Array.from(rows, (k) => histories.types[k]!),
});

/** The same people, unknown to the vocabulary. */
export const asStrangers = (queries: QueryBatch): QueryBatch => ({
  ...queries,
  users: new Int32Array(queries.size).fill(-1),
});

export const withoutHistory = (queries: QueryBatch): QueryBatch => ({
  ...queries,
  histories: { offsets: new Uint32Array(queries.size + 1), ...eventsAt(queries.histories, []) },
});

/** Each query with the next one's history. */
export const withOthersHistory = (queries: QueryBatch): QueryBatch => ({
  ...queries,
  histories: pickHistories(
    queries.histories,
    range(queries.size).map((q) => (q + 1) % queries.size),
  ),
});

export const withOthersFeatures = (queries: QueryBatch): QueryBatch => ({
  ...queries,
  userFeatures: gatherFeatures(
    queries.userFeatures,
    range(queries.size).map((q) => (q + 1) % queries.size),
  ),
});

/** Each query in the context of event `(place of its own + 1)` of the data, and so on with `step`. */
export const inContext = (queries: QueryBatch, data: Dataset, step: number): QueryBatch => {
  const { length, context } = data.interactions;
  const rows = range(queries.size).map((q) => (q + step) % Math.max(1, length));
  return { ...queries, context: length === 0 ? queries.context : gatherFeatures(context, rows) };
};

/** Each history with every item once (its first event) and, `reversed`, in the other order at the same times. */
export const distinctHistory = (queries: QueryBatch, reversed: boolean): QueryBatch => {
  const { histories } = queries;
  const rows: number[] = [];
  const timed: number[] = [];
  const offsets = new Uint32Array(queries.size + 1);
  for (let q = 0; q < queries.size; q++) {
    const seen = new Set<number>();
    const own: number[] = [];
    for (let k = histories.offsets[q]!; k < histories.offsets[q + 1]!; k++) {
      if (seen.has(histories.items[k]!)) continue;
      seen.add(histories.items[k]!);
      own.push(k);
    }
    timed.push(...own);
    rows.push(...(reversed ? own.reverse() : own));
    offsets[q + 1] = rows.length;
  }
  const times = Float64Array.from(timed, (k) => histories.times[k]!);
  return { ...queries, histories: { offsets, ...eventsAt(histories, rows), times } };
};

export const allItems = (data: Dataset): SharedItems => ({
  kind: 'shared',
  indices: range(data.items.size),
  features: data.itemFeatures,
});

/** Items behind the vocabulary, each with the features of the vocabulary's item at its place. */
export const newItems = (data: Dataset): SharedItems => ({
  kind: 'shared',
  indices: range(data.items.size).map((item) => item + data.items.size),
  features: data.itemFeatures,
});

/** Query q gets every (q % 3 + 1)-th of the items, from the last one down; the first query gets none. */
export const candidatesOf = (items: SharedItems, queries: number): RaggedItems => {
  const rows: number[] = [];
  const offsets = new Uint32Array(queries + 1);
  for (let q = 0; q < queries; q++) {
    if (q > 0) for (let k = items.indices.length - 1; k >= 0; k -= (q % 3) + 1) rows.push(k);
    offsets[q + 1] = rows.length;
  }
  return {
    kind: 'ragged',
    offsets,
    indices: Int32Array.from(rows, (k) => items.indices[k]!),
    features: gatherFeatures(items.features, rows),
  };
};

export const noItems = (like: FeatureRows): ItemSet => ({
  kind: 'shared',
  indices: new Int32Array(0),
  features: gatherFeatures(like, []),
});
