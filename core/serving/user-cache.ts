import { LRUCache } from 'lru-cache';
import { type FeedbackRules, rejectedItems } from '../data/index.ts';
import type { History, Log, Store, UserRecord } from '../spi/index.ts';
import { type BundleSpace, type EncodedHistory, encodeHistory } from './encode.ts';

/** How often it is asked whether another process has written. */
const CHECK_MS = 250;
/** The newest events of a user that a query carries; what lies before them can be recommended again. */
const HISTORY_LIMIT = 5000;
/** What an entry weighs beside its events. */
const ENTRY_WEIGHT = 8;

/** What the store says about a user. */
export interface KnownUser {
  readonly record: UserRecord | undefined;
  readonly history: History;
  /** The history in a bundle's indices and codes; kept for those it was asked for last. */
  encoded(space: BundleSpace): EncodedHistory;
  /** Items that must not be recommended to them again. */
  rejected(feedback: FeedbackRules): readonly string[];
}

/**
 * Users that were asked for of late. What this process writes is seen at once, what others write within 250 ms and
 * the time of one query.
 */
export interface UserCache {
  get(users: readonly string[]): Promise<readonly KnownUser[]>;
  /** Runs a write of this process and forgets these users; `grown` = by how much it grew the store's version. */
  writing<T>(users: readonly string[], write: () => Promise<T>, grown: (result: T) => number): Promise<T>;
  clear(): void;
  /** Resolves when nothing is read any more. */
  close(): Promise<void>;
}

export const knownUser = (record: UserRecord | undefined, history: History): KnownUser => {
  let last: { readonly space: BundleSpace; readonly encoded: EncodedHistory } | undefined;
  let rejected: { readonly by: FeedbackRules; readonly items: readonly string[] } | undefined;
  return {
    record,
    history,
    rejected: (feedback) => {
      if (rejected?.by !== feedback) rejected = { by: feedback, items: rejectedItems(history, feedback) };
      return rejected.items;
    },
    encoded: (space) => {
      if (!last || !encodesAlike(last.space, space)) last = { space, encoded: encodeHistory(history, space) };
      return last.encoded;
    },
  };
};

/** Bundles of one catalogue and config share what encodes. */
const encodesAlike = (a: BundleSpace, b: BundleSpace): boolean =>
  a.itemIndex === b.itemIndex && a.typeCode === b.typeCode && a.feedback === b.feedback;

/** Keeps about `maxEvents` events; 0 = reads the store each time. */
export const createUserCache = (store: Store, log: Log, maxEvents = 500_000): UserCache => {
  const cache = new LRUCache<string, KnownUser>({ maxSize: Math.max(1, maxEvents) });
  const reading = new Map<string, Promise<KnownUser>>();
  let writes = 0;
  let underWay = 0;
  let version: number | undefined;

  const read = (users: readonly string[]): void => {
    const both = Promise.all([store.histories(users, HISTORY_LIMIT), store.users(users)]);
    users.forEach((user, k) => {
      const one = both.then(([histories, records]) => knownUser(records[k], histories[k] ?? []));
      reading.set(user, one);
      one.then(
        (known) => {
          if (reading.get(user) !== one) return;
          reading.delete(user);
          if (maxEvents > 0) cache.set(user, known, { size: known.history.length + ENTRY_WEIGHT });
        },
        () => {
          if (reading.get(user) === one) reading.delete(user);
        },
      );
    });
  };
  const forget = (user: string): void => {
    cache.delete(user);
    reading.delete(user);
  };
  const clear = (): void => {
    cache.clear();
    reading.clear();
  };
  /** Any version but the one that this process's own writes lead to means that another process has written. */
  const check = async (): Promise<void> => {
    const before = writes;
    const quiet = underWay === 0;
    const now = await store.version();
    const comparable = quiet && writes === before && underWay === 0;
    if (!comparable || version !== now) clear();
    version = comparable ? now : undefined;
  };
  let checking: Promise<void> | undefined;
  const timer = setInterval(() => {
    if (checking || cache.size + reading.size === 0) {
      if (!checking) version = undefined;
      return;
    }
    checking = check()
      .catch((error) => {
        clear();
        log.warn({ error: String(error) }, 'whether users have changed could not be read');
      })
      .finally(() => {
        checking = undefined;
      });
  }, CHECK_MS).unref();

  return {
    get: async (users) => {
      const missing = users.filter((user) => !cache.has(user) && !reading.has(user));
      if (missing.length > 0) read([...new Set(missing)]);
      return Promise.all(users.map((user) => cache.get(user) ?? reading.get(user)!));
    },
    writing: async (users, write, grown) => {
      underWay++;
      try {
        const result = await write();
        if (version !== undefined) version += grown(result);
        return result;
      } finally {
        underWay--;
        writes++;
        for (const user of users) forget(user);
      }
    },
    clear,
    close: async () => {
      clearInterval(timer);
      await checking;
    },
  };
};
