import { type Feedback, feedbackWeight } from '../data/index.ts';
import type { RequestBatch } from '../pipeline/index.ts';

import type { Bitmap, FeatureRows, History, Json, UserRecord } from '../spi/index.ts';

/** How one bundle sees the world: its indices, type codes and feature columns. */
export interface BundleSpace {
  /** -1 = not in the vocabulary. */
  userIndex(id: string): number;
  /** Vocabulary and overlay; -1 = neither. */
  itemIndex(id: string): number;
  typeCode(type: string): number;
  readonly feedback: Readonly<Record<string, Feedback>>;
  encodeUsers(users: readonly (UserRecord | undefined)[]): FeatureRows;
  encodeContexts(contexts: readonly Readonly<Record<string, Json>>[]): FeatureRows;
}

/** One request with everything gathered that only the main thread can read. */
export interface GatheredRequest {
  readonly user: string | null;
  readonly record: UserRecord | undefined;
  readonly history: History;
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

/** Requests of one pipeline and bundle as one batch. Events on items the bundle does not know are left out. */
export const encodeRequests = (
  requests: readonly GatheredRequest[],
  space: BundleSpace,
  extra: Readonly<Record<string, unknown>>,
): RequestBatch => {
  const events = requests.map(({ history }) =>
    history.flatMap((event) => {
      const item = space.itemIndex(event.item);
      return item < 0 ? [] : [{ ...event, index: item }];
    }),
  );
  const offsets = offsetsOf(events);
  const flat = events.flat();
  const excluded = requests.map(({ excludeItems }) =>
    excludeItems.map((id) => space.itemIndex(id)).filter((index) => index >= 0),
  );
  return {
    queries: {
      size: requests.length,
      users: Int32Array.from(requests, ({ user }) => (user === null ? -1 : space.userIndex(user))),
      seeds: Uint32Array.from(requests, ({ seed }) => seed),
      histories: {
        offsets,
        items: Int32Array.from(flat, ({ index }) => index),
        values: Float32Array.from(flat, ({ value }) => value ?? Number.NaN),
        weights: Float32Array.from(flat, ({ type, value }) => feedbackWeight(space.feedback, type, value)),
        times: Float64Array.from(flat, ({ time }) => time),
        types: Uint8Array.from(flat, ({ type }) => space.typeCode(type)),
      },
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

const offsetsOf = (rows: readonly (readonly unknown[])[]): Uint32Array => {
  const offsets = new Uint32Array(rows.length + 1);
  for (const [r, row] of rows.entries()) offsets[r + 1] = offsets[r]! + row.length;
  return offsets;
};
