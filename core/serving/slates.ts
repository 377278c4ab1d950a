import { LRUCache } from 'lru-cache';
import type { Clock, Log, Store } from '../spi/index.ts';
import type { Slate } from './slate.ts';

const MAX_BYTES = 64 * 1024 * 1024;
const LIFETIME_MS = 15 * 60 * 1000;
const WRITE_EVERY_MS = 500;
/** How long a slate can be judged by the events that follow it; then its row is deleted. */
const RETENTION_MS = 30 * 86_400_000;
const PRUNE_EVERY_MS = 3_600_000;

/** All slates, written behind to be judged later; the newest 64 MB of those of the last 15 minutes that are to be kept. */
export interface Slates {
  add(slate: Slate, options: { readonly keep: boolean }): void;
  /** undefined for one that was not kept or is past its life. */
  find(recommendationId: string): Slate | undefined;
  /** Writes what is not written yet. */
  flush(): Promise<void>;
}

export const createSlates = (store: Store, clock: Clock, log: Log): Slates => {
  const cache = new LRUCache<string, Slate>({
    maxSize: MAX_BYTES,
    sizeCalculation: bytesOf,
    ttl: LIFETIME_MS,
    ttlResolution: 0,
    perf: { now: () => clock.now() },
  });
  let unwritten: Slate[] = [];
  let timer: NodeJS.Timeout | undefined;
  let pruned = Number.NEGATIVE_INFINITY;
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const batch = unwritten;
    unwritten = [];
    if (batch.length === 0) return;
    await store.addSlates(
      batch.map(({ recommendationId, user, pipeline, bundle, createdAt, items }) => ({
        id: recommendationId,
        user,
        pipeline,
        bundle,
        createdAt,
        items: items.map(({ id }) => id),
      })),
    );
    if (clock.now() - pruned >= PRUNE_EVERY_MS) {
      pruned = clock.now();
      await store.pruneSlates(pruned - RETENTION_MS);
    }
  };
  return {
    add: (slate, { keep }) => {
      if (keep) cache.set(slate.recommendationId, slate);
      unwritten.push(slate);
      timer ??= setTimeout(() => {
        flush().catch((error) =>
          log.error({ error }, 'slates could not be written; feedback on them cannot be judged'),
        );
      }, WRITE_EVERY_MS).unref();
    },
    find: (recommendationId) => cache.get(recommendationId),
    flush,
  };
};

/** An estimate: fixed parts, and two bytes a character of ids. */
const bytesOf = (slate: Slate): number => {
  let bytes = 512;
  for (const item of slate.items) bytes += 64 + 2 * item.id.length;
  return bytes;
};
