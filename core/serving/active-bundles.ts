import { LRUCache } from 'lru-cache';
import { type Clock, RecographError, type Store } from '../spi/index.ts';
import type { CatalogueFeed } from './catalogue-feed.ts';
import type { LoadedBundle } from './loaded-bundle.ts';
import type { BundleView } from './view.ts';

/** An activation by another process is seen within that time. */
const FRESH_MS = 500;
/** How many bundles stay in memory: the active one, and what `bundle:` requests asked for last. */
const KEPT = 3;

export interface ServedBundle {
  readonly bundle: LoadedBundle;
  readonly view: BundleView;
}

/** Bundles in memory, each freed when it is neither kept nor in use. */
export interface ActiveBundles {
  /**
   * Runs with the active bundle, or the one of that id, over the catalogue as it is now.
   * Throws NO_ACTIVE_BUNDLE or UNKNOWN_BUNDLE.
   */
  use<T>(id: string | undefined, run: (served: ServedBundle) => Promise<T> | T): Promise<T>;
  /** Forget which bundle was active: this process has activated another. */
  changed(): void;
  dispose(): void;
}

interface Entry {
  readonly bundle: LoadedBundle;
  view: Promise<BundleView>;
  version: number;
  users: number;
  evicted: boolean;
}

export const createActiveBundles = (
  store: Store,
  feed: CatalogueFeed,
  clock: Clock,
  load: (id: string) => Promise<LoadedBundle>,
): ActiveBundles => {
  let active: { readonly id: Promise<string | undefined>; readonly at: number } | undefined;
  const activeId = (): Promise<string | undefined> => {
    if (!active || clock.now() - active.at >= FRESH_MS) {
      const id = store.activeBundle();
      id.catch(() => {
        active = undefined;
      });
      active = { id, at: clock.now() };
    }
    return active.id;
  };
  const freeIfUnused = (entry: Entry): void => {
    if (entry.evicted && entry.users === 0) entry.bundle.dispose();
  };
  const kept = new LRUCache<string, Promise<Entry>>({
    max: KEPT,
    dispose: (loading) => {
      void loading.then(
        (entry) => {
          entry.evicted = true;
          freeIfUnused(entry);
        },
        () => undefined,
      );
    },
  });

  const entryOf = (id: string): Promise<Entry> => {
    const known = kept.get(id);
    if (known) return known;
    const entry = load(id).then((bundle) => ({
      bundle,
      version: feed.version,
      view: bundle.view(feed.records),
      users: 0,
      evicted: false,
    }));
    kept.set(id, entry);
    entry.catch(() => kept.delete(id));
    return entry;
  };

  return {
    use: async (id, run) => {
      const wanted = id ?? (await activeId());
      if (wanted === undefined) {
        throw new RecographError('NO_ACTIVE_BUNDLE', 'Nothing has been trained yet. Train with: recograph train');
      }
      const entry = await entryOf(wanted);
      entry.users++;
      try {
        if (entry.version !== feed.version) {
          entry.version = feed.version;
          entry.view = entry.bundle.view(feed.records);
        }
        return await run({ bundle: entry.bundle, view: await entry.view });
      } finally {
        entry.users--;
        freeIfUnused(entry);
      }
    },
    changed: () => {
      active = undefined;
    },
    dispose: () => kept.clear(),
  };
};
