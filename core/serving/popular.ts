import { Mutex } from 'async-mutex';
import { LRUCache } from 'lru-cache';
import { type FeedbackRules, positiveTypes } from '../data/index.ts';
import { type Clock, RecographError, type Store } from '../spi/index.ts';

/** Enough to fill any list after filters have taken most. */
const COUNTED = 10_000;
const FRESH_MS = 60_000;
/** Counts that wait for the one under way. */
const MAX_WAITING = 8;

type Counted = readonly { id: string; users: number }[];

/**
 * Items by how many users had positive events on them, ever or in the last `windowMs`; each window is counted once a
 * minute. A count reads all events, so there is one at a time. Throws DEADLINE_EXCEEDED where too many wait already.
 */
export const createPopular = (store: Store, clock: Clock, feedback: FeedbackRules) => {
  const counts = new LRUCache<number, Promise<Counted>>({
    max: 32,
    ttl: FRESH_MS,
    ttlResolution: 0,
    perf: { now: () => clock.now() },
  });
  const turn = new Mutex();
  let waiting = 0;
  const count = async (windowMs: number): Promise<Counted> => {
    if (waiting >= MAX_WAITING) {
      const message = `${waiting} counts of other windows wait already. Ask again later, or for a window that others ask for too.`;
      throw new RecographError('DEADLINE_EXCEEDED', message);
    }
    waiting++;
    return turn
      .runExclusive(() => store.popularItems(clock.now() - windowMs, COUNTED, positiveTypes(feedback)))
      .finally(() => waiting--);
  };
  return (windowMs = Number.POSITIVE_INFINITY): Promise<Counted> => {
    const known = counts.get(windowMs);
    if (known) return known;
    const counted = count(windowMs);
    counts.set(windowMs, counted);
    counted.catch(() => counts.delete(windowMs));
    return counted;
  };
};
