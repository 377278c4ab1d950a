import type { Json } from './state.ts';

export interface EventRecord {
  readonly user: string;
  readonly item: string;
  readonly type: string;
  readonly value: number | null;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly context?: Readonly<Record<string, Json>> | null;
  /** Idempotency key: a second event with the same key is a duplicate and changes nothing. */
  readonly key?: string | null;
  readonly recommendationId?: string | null;
}

/**
 * `attributes` holds what is not one of the named fields: numbers, strings, string lists, vectors. Where a record is
 * written, a field that is left out stays as it is; `attributes` are replaced as a whole.
 */
export interface ItemRecord {
  readonly id: string;
  readonly title?: string | null;
  readonly categories?: readonly string[];
  readonly available?: boolean;
  readonly image?: string | null;
  readonly attributes?: Readonly<Record<string, Json>>;
  /** false = known from events alone; said by the store, without effect where it is given to it. */
  readonly listed?: boolean;
}

/** Which events: those that meet all that is said. `from` inclusive, `to` exclusive, ms since the epoch. */
export interface EventSelection {
  readonly user?: string;
  readonly item?: string;
  readonly type?: string;
  readonly from?: number;
  readonly to?: number;
}

/** An import of files, and how many of its events are still stored. `at`: ms since the epoch. */
export interface ImportRecord {
  readonly id: number;
  readonly at: number;
  readonly source: string;
  readonly events: number;
}

/**
 * Who wins where a catalogue file and the API say different things of an item: `newest` = whoever wrote last, but what
 * was deleted stays deleted; `file` = the file, also over deletions; `api` = items that the API wrote stay as they are.
 */
export type ItemOwner = 'newest' | 'file' | 'api';

export interface UserRecord {
  readonly id: string;
  readonly attributes?: Readonly<Record<string, Json>>;
}

/** A type that `data.feedback` does not name, which weighs nothing; an item that the catalogue does not hold. */
export type EventRemark = 'UNKNOWN_TYPE' | 'UNKNOWN_ITEM';

/**
 * Why an event was stored without a place in the recommendation it names: no such one is known, or it did not show the
 * item.
 */
export type UnattributedCode = 'UNKNOWN_RECOMMENDATION' | 'NOT_SHOWN';

export type EventOutcome =
  | {
      readonly status: 'accepted';
      readonly unattributed?: UnattributedCode;
      /** What of it does not count as one may think. */
      readonly remarks?: readonly EventRemark[];
    }
  | { readonly status: 'duplicate' }
  | { readonly status: 'rejected'; readonly code: 'INVALID_ARGUMENT'; readonly message: string };

/** Interned events in columns, ascending by `ids`. `users`, `items` and `types` are the store's own keys. */
export interface EventColumns {
  readonly ids: Float64Array;
  readonly users: Int32Array;
  readonly items: Int32Array;
  readonly types: Int32Array;
  /** NaN = none. */
  readonly values: Float32Array;
  /** Milliseconds since the epoch; NaN = unknown. */
  readonly times: Float64Array;
  /** One JSON text a row where any row has a context; absent where none has. */
  readonly contexts?: readonly (string | null)[];
}

/** Past events of each asked user, oldest first. `time` is NaN where it is unknown. */
export type History = readonly Pick<EventRecord, 'item' | 'type' | 'value' | 'time'>[];

export interface BundleRecord {
  readonly id: string;
  readonly createdAt: number;
  readonly configHash: string;
  readonly metrics: Json;
  /** Folder beside the database. */
  readonly folder: string;
}

export type JobStatus = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
export interface JobRecord {
  readonly id: string;
  readonly kind: 'train' | 'evaluate' | 'import';
  readonly status: JobStatus;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly detail: Json;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** What one answer put before somebody: a page of a recommendation. */
export interface ShownRecord {
  /** A UUID of version 7: it begins with when it was made, so that ids sort by time. */
  readonly recommendationId: string;
  /** null = nobody known. */
  readonly user: string | null;
  readonly pipeline: string;
  readonly bundle: string;
  /** Rank of the first item, from 1; each further item stands one rank lower. */
  readonly from: number;
  /** null where the item of a rank had left the catalogue and was not shown. */
  readonly items: readonly (string | null)[];
}

/** Attribute conditions of a request; all must hold. */
export interface ItemFilter {
  /** Any of these. */
  readonly categories?: readonly string[];
  readonly attributes?: readonly {
    readonly name: string;
    readonly eq?: Json;
    readonly in?: readonly Json[];
    readonly min?: number;
    readonly max?: number;
  }[];
  /** Default true: only available items. null = both. */
  readonly available?: boolean | null;
}

/**
 * Checked events in columns. The codes in `users`, `items` and `types` count the ids of this import's batches in the
 * order they were introduced: `newUsers` of the first batch are codes 0, 1, ..., those of the next go on from there.
 */
export interface EventBatch {
  readonly newUsers: readonly string[];
  readonly newItems: readonly string[];
  readonly newTypes: readonly string[];
  readonly users: Int32Array;
  readonly items: Int32Array;
  readonly types: Int32Array;
  /** NaN = none. */
  readonly values: Float64Array;
  /** Milliseconds since the epoch; NaN = unknown. */
  readonly times: Float64Array;
  /** JSON texts; absent where no row has a context. */
  readonly contexts?: readonly (string | null)[];
  /** 16 bytes a row: the hash of its content and of how many equal rows stand before it in its file. */
  readonly keys: Uint8Array;
}

/** What a bulk import added. Events whose key is stored already are duplicates and change nothing. */
export interface BulkResult {
  readonly events: number;
  readonly duplicates: number;
  /** Items and users not known before, those first seen in events included. */
  readonly items: number;
  readonly users: number;
  /** Items of the file that were left as they are: deleted, or the API's. */
  readonly kept: number;
}

/** Bulk writing: nothing is visible until `commit`; `abort` leaves the database as it was. One of them must end it. */
export interface BulkImport {
  events(batch: EventBatch): Promise<void>;
  items(rows: readonly ItemRecord[]): Promise<void>;
  users(rows: readonly UserRecord[]): Promise<void>;
  commit(): Promise<BulkResult>;
  abort(): Promise<void>;
}

/** Where the store stands: what a snapshot must know to extend itself. */
export interface StoreState {
  /** Random name of the database, given when it was made. */
  readonly storeId: string;
  /** Id of the newest event; 0 = none. */
  readonly lastEvent: number;
  /** Grow with every change of the records of items, and of users; ids first seen in events do not count. */
  readonly items: number;
  readonly users: number;
}

/**
 * Where events, the catalogue, bundles, jobs, what was shown and kept state live. Every write is durable when its
 * promise resolves, whole or not at all, and safe beside other writers in this and other processes.
 */
export interface Store {
  recordEvents(events: readonly EventRecord[]): Promise<readonly EventOutcome[]>;
  /** `source`: the files, to be told apart in `imports`. */
  bulkImport(options?: { readonly source?: string; readonly owner?: ItemOwner }): Promise<BulkImport>;
  /** How many it deleted, or would with `dryRun`. Throws INVALID_ARGUMENT where nothing is selected. */
  deleteEvents(selection: EventSelection, options?: { readonly dryRun?: boolean }): Promise<number>;
  /** Imports that brought events, newest first. */
  imports(): Promise<readonly ImportRecord[]>;
  /** Deletes the events that an import brought; answers with how many. Throws INVALID_ARGUMENT for an unknown one. */
  dropImport(id: number): Promise<number>;
  upsertItems(items: readonly ItemRecord[]): Promise<number>;
  upsertUsers(users: readonly UserRecord[]): Promise<number>;
  /** Their events stay; the items leave the catalogue. Answers with how many there were. */
  deleteItems(ids: readonly string[]): Promise<number>;

  counts(): Promise<{ events: number; items: number; users: number }>;
  /** Items that events name and the catalogue does not: how many, and the first of them. */
  unlisted(first: number): Promise<{ count: number; ids: readonly string[] }>;
  /** In the order asked; undefined = no such item, or deleted. An item seen in events alone has its id. */
  items(ids: readonly string[]): Promise<readonly (ItemRecord | undefined)[]>;
  users(ids: readonly string[]): Promise<readonly (UserRecord | undefined)[]>;
  /** Pages in id order (code points). */
  listItems(page: {
    first: number;
    after?: string;
    filter?: ItemFilter;
  }): Promise<{ items: readonly ItemRecord[]; hasNextPage: boolean }>;
  /** The newest `limit` events of each user, oldest first. */
  histories(users: readonly string[], limit: number): Promise<readonly History[]>;
  /**
   * The items most users had positive events on since that time, ms (-Infinity = ever), most first. `positives`: which
   * types count, and from which value on; undefined = all events do.
   */
  popularItems(
    since: number,
    limit: number,
    positives?: readonly { readonly type: string; readonly min?: number }[],
  ): Promise<readonly { id: string; users: number }[]>;
  /** Events with store id > `after`, in batches, ascending. */
  events(after: number): AsyncIterable<EventColumns>;
  /** The store's own integer keys and the ids behind them, with key > `after`, ascending by key. */
  keys(of: 'user' | 'item' | 'type', after: number): Promise<{ keys: Int32Array; ids: readonly string[] }>;
  /** Every known item but the deleted, in pages, ascending by key; `keys` row for row. */
  allItems(): AsyncIterable<{ keys: Int32Array; records: readonly ItemRecord[] }>;
  allUsers(): AsyncIterable<{ keys: Int32Array; records: readonly UserRecord[] }>;
  state(): Promise<StoreState>;
  /** Grows with every change of what is known of users, their events and their records; cheap to ask. */
  version(): Promise<number>;

  addBundle(bundle: BundleRecord): Promise<void>;
  bundles(): Promise<readonly BundleRecord[]>;
  activeBundle(): Promise<string | undefined>;
  /** Compare-and-swap: throws CONFLICT unless the active bundle is `expected` (undefined = do not compare). */
  activateBundle(id: string, expected?: string | null): Promise<void>;
  /** The bundle that was active before the present one; throws CONFLICT where there is none. */
  rollbackBundle(): Promise<string>;
  /** What `rollbackBundle` would lead to; undefined = nothing. */
  previousBundle(): Promise<string | undefined>;
  deleteBundle(id: string): Promise<void>;

  putJob(job: JobRecord): Promise<void>;
  job(id: string): Promise<JobRecord | undefined>;
  jobs(first: number): Promise<readonly JobRecord[]>;
  addShown(records: readonly ShownRecord[]): Promise<void>;
  /** The pages of a recommendation that were shown, best first; [] = unknown. */
  shown(recommendationId: string): Promise<readonly ShownRecord[]>;
  /** Rank, from 1, at which each event's item was shown, by event id. Events without such a rank are left out. */
  shownPositions(): Promise<ReadonlyMap<number, number>>;
  /**
   * Deletes what was shown before that time, ms, and the oldest beyond `maxBytes`: a bounded part at each call, in short
   * transactions. true = there is more to delete.
   */
  pruneShown(limits: { before: number; maxBytes: number }): Promise<boolean>;
  keptState(name: string): Promise<Json | undefined>;
  putKeptState(name: string, state: Json): Promise<void>;
  /** The database file, where bundles and snapshots lie beside it. */
  readonly path: string;
  /** Writes a copy of the database as it is at one moment, and checks it; answers with what is in it. */
  copyTo(file: string): Promise<{ events: number; bundles: readonly string[] }>;
  close(): Promise<void>;
}
