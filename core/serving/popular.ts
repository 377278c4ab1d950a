import { LRUCache } from 'lru-cache';
import { type FeedbackRules, positiveTypes } from '../data/index.ts';
import type { Clock, Store } from '../spi/index.ts';

/** Enough to fill any list after filters have taken most. */
const COUNTED = 10_000;
const FRESH_MS = 60_000;

/** Items by how many users had positive events on them, ever or in the last `windowMs`; each window is counted once a minute. */
export const createPopular = (store: Store, clock: Clock, feedback: FeedbackRules) => {
  const counts = new LRUCache<number, Promise<readonly { id: string; users: number }[]>>({
    max: 32,
    ttl: FRESH_MS,
    ttlResolution: 0,
    perf: { now: () => clock.now() },
  });
  return (windowMs = Number.POSITIVE_INFINITY): Promise<readonly { id: string; users: number }[]> => {
    const known = counts.get(windowMs);
    if (known) return known;
    const counted = store.popularItems(clock.now() - windowMs, COUNTED, positiveTypes(feedback));
    counts.set(windowMs, counted);
    counted.catch(() => counts.delete(windowMs));
    return counted;
  };
};
