import { type FeedbackRules, feedbackWeight } from '../data/index.ts';
import type { RequestBatch } from '../pipeline/index.ts';

import type { Bitmap, FeatureRows, Histories, History, Json, UserRecord } from '../spi/index.ts';

/** How one bundle sees the world: its indices, type codes and feature columns. */
export interface BundleSpace {
  /** -1 = not in the vocabulary. */
  userIndex(id: string): number;
  /** Vocabulary and overlay; -1 = neither. */
  itemIndex(id: string): number;
  typeCode(type: string): number;
  readonly feedback: FeedbackRules;
  encodeUsers(users: readonly (UserRecord | undefined)[]): FeatureRows;
  encodeContexts(contexts: readonly Readonly<Record<string, Json>>[]): FeatureRows;
}

/** One user's events that a bundle knows, oldest first, in its indices and codes. */
export interface EncodedHistory {
  readonly items: Int32Array;
  readonly values: Float32Array;
  readonly weights: Float32Array;
  readonly times: Float64Array;
  readonly types: Uint8Array;
}

/** Events on items that the bundle does not know are left out. */
export const encodeHistory = (history: History, { itemIndex, typeCode, feedback }: BundleSpace): EncodedHistory => {
  const indices = history.map(({ item }) => itemIndex(item));
  const length = indices.reduce((count, index) => (index < 0 ? count : count + 1), 0);
  const encoded = {
    items: new Int32Array(length),
    values: new Float32Array(length),
    weights: new Float32Array(length),
    times: new Float64Array(length),
    types: new Uint8Array(length),
  };
  let at = 0;
  for (const [k, { type, value, time }] of history.entries()) {
    if (indices[k]! < 0) continue;
    encoded.items[at] = indices[k]!;
    encoded.values[at] = value ?? Number.NaN;
    encoded.weights[at] = feedbackWeight(feedback, type, value);
    encoded.times[at] = time;
    encoded.types[at++] = typeCode(type);
  }
  return encoded;
};

/** One request with everything gathered that only the main thread can read. */
export interface GatheredRequest {
  readonly user: string | null;
  readonly record: UserRecord | undefined;
  readonly history: EncodedHistory;
  readonly context: Readonly<Record<string, Json>>;
  readonly seed: number;
  readonly now: number;
  readonly n: number;
  readonly excludeItems: readonly string[];
  readonly excludeSeen: boolean | undefined;
  readonly allow: Bitmap | undefined;
  readonly diversity: number | undefined;
  /** Ms since the epoch. */
  readonly deadline: number;
}

/** Requests of one pipeline and bundle as one batch. */
export const encodeRequests = (
  requests: readonly GatheredRequest[],
  space: BundleSpace,
  extra: Readonly<Record<string, unknown>>,
): RequestBatch => {
  const excluded = requests.map(({ excludeItems }) =>
    excludeItems.map((id) => space.itemIndex(id)).filter((index) => index >= 0),
  );
  return {
    queries: {
      size: requests.length,
      users: Int32Array.from(requests, ({ user }) => (user === null ? -1 : space.userIndex(user))),
      seeds: Uint32Array.from(requests, ({ seed }) => seed),
      histories: concatenated(requests.map(({ history }) => history)),
      userFeatures: space.encodeUsers(requests.map(({ record }) => record)),
      context: space.encodeContexts(requests.map(({ context }) => context)),
      now: Float64Array.from(requests, ({ now }) => now),
      extra,
    },
    n: Uint32Array.from(requests, ({ n }) => n),
    exclude: { offsets: offsetsOf(excluded), values: Int32Array.from(excluded.flat()) },
    excludeSeen: Int8Array.from(requests, ({ excludeSeen }) => (excludeSeen === undefined ? -1 : Number(excludeSeen))),
    allow: requests.map(({ allow }) => allow),
    diversity: Float32Array.from(requests, ({ diversity }) => diversity ?? Number.NaN),
    deadline: Float64Array.from(requests, ({ deadline }) => deadline),
  };
};

const concatenated = (rows: readonly EncodedHistory[]): Histories => {
  const offsets = offsetsOf(rows.map(({ items }) => items));
  const length = offsets[rows.length]!;
  const all = {
    offsets,
    items: new Int32Array(length),
    values: new Float32Array(length),
    weights: new Float32Array(length),
    times: new Float64Array(length),
    types: new Uint8Array(length),
  };
  for (const [r, { items, values, weights, times, types }] of rows.entries()) {
    const at = offsets[r]!;
    all.items.set(items, at);
    all.values.set(values, at);
    all.weights.set(weights, at);
    all.times.set(times, at);
    all.types.set(types, at);
  }
  return all;
};

const offsetsOf = (rows: readonly { readonly length: number }[]): Uint32Array => {
  const offsets = new Uint32Array(rows.length + 1);
  for (const [r, row] of rows.entries()) offsets[r + 1] = offsets[r]! + row.length;
  return offsets;
};
