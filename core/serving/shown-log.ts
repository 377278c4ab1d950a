import type { Clock, Log, ShownRecord, Store } from '../spi/index.ts';
import { isSampled } from './recommendation-id.ts';
import type { Slate, SlateItem } from './slate.ts';

const WRITE_EVERY_MS = 500;
const PRUNE_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** The config's `store.shown`. */
export interface ShownLimits {
  readonly retentionDays: number;
  /** Share of the recommendations that are remembered. */
  readonly sample: number;
  readonly maxBytes: number;
}

/** Remembers what was shown, written behind: for the events that name it later. */
export interface ShownLog {
  /** A page of a slate, in its order. */
  add(slate: Slate, items: readonly SlateItem[]): void;
  /** Whether events that name this recommendation can be judged by it; those outside the sample cannot. */
  remembers(recommendationId: string): boolean;
  /** Something of this recommendation is not written yet. */
  isPending(recommendationId: string): boolean;
  /** Writes what is not written yet. */
  flush(): Promise<void>;
}

export const createShownLog = (store: Store, limits: ShownLimits, clock: Clock, log: Log): ShownLog => {
  const { retentionDays, sample, maxBytes } = limits;
  let unwritten = new Map<string, ShownRecord[]>();
  let timer: NodeJS.Timeout | undefined;
  let pruned = Number.NEGATIVE_INFINITY;

  const prune = async (): Promise<void> => {
    const now = clock.now();
    if (now - pruned < PRUNE_EVERY_MS) return;
    pruned = now;
    const isMore = await store.pruneShown({ before: now - retentionDays * DAY_MS, maxBytes });
    if (isMore) pruned = Number.NEGATIVE_INFINITY;
  };
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const records = [...unwritten.values()].flat();
    unwritten = new Map();
    if (records.length === 0) return;
    await store.addShown(records);
    await prune();
  };
  return {
    add: (slate, items) => {
      const { recommendationId, user, pipeline, bundle } = slate;
      if (items.length === 0 || !isSampled(recommendationId, sample)) return;
      const record = { recommendationId, user, pipeline, bundle, ...placesOf(items) };
      unwritten.set(recommendationId, [...(unwritten.get(recommendationId) ?? []), record]);
      timer ??= setTimeout(() => {
        flush().catch((error) =>
          log.error(
            { error: String(error) },
            'what was shown could not be written; events that name it cannot be judged',
          ),
        );
      }, WRITE_EVERY_MS).unref();
    },
    remembers: (recommendationId) => isSampled(recommendationId, sample),
    isPending: (recommendationId) => unwritten.has(recommendationId),
    flush,
  };
};

/** One place a rank, from the first item's on. */
const placesOf = (items: readonly SlateItem[]): Pick<ShownRecord, 'from' | 'items'> => {
  const from = items[0]!.rank;
  const places: (string | null)[] = new Array(items.at(-1)!.rank - from + 1).fill(null);
  for (const { id, rank } of items) places[rank - from] = id;
  return { from, items: places };
};
