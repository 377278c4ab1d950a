import { LRUCache } from 'lru-cache';
import { RecographError, type Store } from '../spi/index.ts';
import type { CatalogueFeed } from './catalogue-feed.ts';
import type { LoadedBundle } from './loaded-bundle.ts';
import type { BundleView } from './view.ts';

/** How many bundles beside the active one stay in memory for `bundle:` requests. */
const KEPT = 2;

export interface ServedBundle {
  readonly bundle: LoadedBundle;
  readonly view: BundleView;
}

/** Bundles in memory: the active one, and a few that were asked for by id. */
export interface ActiveBundles {
  /** The active bundle, or the one of that id. Throws NO_ACTIVE_BUNDLE or UNKNOWN_BUNDLE. */
  get(id?: string): Promise<ServedBundle>;
  dispose(): void;
}

interface Entry {
  readonly bundle: LoadedBundle;
  view: Promise<BundleView>;
  version: number;
}

export const createActiveBundles = (
  store: Store,
  feed: CatalogueFeed,
  load: (id: string) => Promise<LoadedBundle>,
): ActiveBundles => {
  const kept = new LRUCache<string, Promise<Entry>>({
    max: KEPT + 1,
    dispose: (entry, id) => {
      void entry.then(({ bundle }) => bundle.dispose()).catch(() => undefined);
    },
  });

  const entryOf = (id: string): Promise<Entry> => {
    const known = kept.get(id);
    if (known) return known;
    const entry = load(id).then((bundle) => {
      const { version } = feed;
      return { bundle, version, view: bundle.view(feed.records) };
    });
    kept.set(id, entry);
    entry.catch(() => kept.delete(id));
    return entry;
  };

  return {
    get: async (id) => {
      const wanted = id ?? (await store.activeBundle());
      if (wanted === undefined) {
        throw new RecographError('NO_ACTIVE_BUNDLE', 'Nothing has been trained yet. Train with: recograph train');
      }
      const entry = await entryOf(wanted);
      if (entry.version !== feed.version) {
        entry.version = feed.version;
        entry.view = entry.bundle.view(feed.records);
      }
      return { bundle: entry.bundle, view: await entry.view };
    },
    dispose: () => kept.clear(),
  };
};
