import { LRUCache } from 'lru-cache';
import type { Clock } from '../spi/index.ts';
import type { Slate } from './slate.ts';

const MAX_BYTES = 64 * 1024 * 1024;
const LIFETIME_MS = 15 * 60 * 1000;

/** The slates that clients may still page through: the newest 64 MB of the last 15 minutes. */
export const createSlates = (clock: Clock) => {
  const cache = new LRUCache<string, Slate>({
    maxSize: MAX_BYTES,
    sizeCalculation: bytesOf,
    ttl: LIFETIME_MS,
    perf: { now: () => clock.now() },
  });
  return {
    keep: (slate: Slate): void => {
      cache.set(slate.recommendationId, slate);
    },
    /** undefined once it is past its life. */
    find: (recommendationId: string): Slate | undefined => cache.get(recommendationId),
  };
};

/** An estimate: fixed parts, and two bytes a character of ids. */
const bytesOf = (slate: Slate): number => {
  let bytes = 512;
  for (const item of slate.items) bytes += 64 + 2 * item.id.length;
  return bytes;
};
