import { LRUCache } from 'lru-cache';
import { type Clock, type Log, RecographError, type Store, type Vocabulary } from '../spi/index.ts';
import type { Backend } from './backend.ts';
import type { CatalogueFeed } from './catalogue-feed.ts';
import { type CatalogueView, catalogueViews } from './catalogue-view.ts';
import { type BundleFront, type FrontView, frontViewOver } from './front.ts';

/** An activation by another process is looked for after that time. */
const FRESH_MS = 250;
/** How many bundles stay in memory besides the active one: what `bundle:` requests asked for last. */
const KEPT = 2;
const NOT_LOADED = 'the active bundle could not be loaded; what served before serves on';
/** How long a bundle that could not be loaded is not tried again. */
const RETRY_MS = 5000;

export interface ServedBundle {
  readonly bundle: BundleFront;
  /** Over the catalogue as it is now. */
  view(): FrontView;
}

/** Bundles in memory, each freed when it is neither kept nor in use. */
export interface ActiveBundles {
  /** Runs with the active bundle, or the one of that id. Throws NO_ACTIVE_BUNDLE or UNKNOWN_BUNDLE. */
  use<T>(id: string | undefined, run: (served: ServedBundle) => Promise<T> | T): Promise<T>;
  /** Loads a bundle, and has it in memory while `activate` runs. Throws UNKNOWN_BUNDLE, BUNDLE_INVALID, WORKER_FAILED. */
  withLoaded<T>(id: string, activate: () => Promise<T>): Promise<T>;
  /** Only what is in memory already; undefined = it is not. */
  peek(id: string): ServedBundle | undefined;
  /** This process has activated another bundle: the next `use` waits for it. */
  changed(): void;
  /** Looks which bundle is active, and serves that one as soon as it is loaded. */
  refresh(): Promise<void>;
  /** Which bundle answers, and why it is not the active one where it is another. */
  standing(): Standing;
  dispose(): void;
}

/** `active` and `reason` where the active bundle cannot be loaded. */
export interface Standing {
  readonly bundle: string | undefined;
  readonly active?: string;
  readonly reason?: string;
}

/** How many older bundles are tried where the active one cannot be loaded. */
const STAND_INS = 5;
const MEND = 'Mend it with: recograph train, or choose another bundle with: recograph bundles rollback';

interface Entry extends ServedBundle {
  users: number;
  evicted: boolean;
}

/**
 * The active bundle is replaced when its successor is loaded, not before: requests never wait for an activation. Where
 * it cannot be loaded, what served before serves on, or the newest other bundle that can stands in; it is tried again
 * every few seconds.
 */
export const createActiveBundles = (
  store: Store,
  feed: CatalogueFeed,
  clock: Clock,
  log: Log,
  backend: Backend,
): ActiveBundles => {
  let current: Entry | undefined;
  let looked = Number.NEGATIVE_INFINITY;
  let mustLook = true;
  let disposed = false;
  let refreshing: Promise<void> | undefined;
  let failed: { readonly id: string; readonly at: number; readonly error: unknown } | undefined;

  const catalogues = catalogueViews(feed);
  /** Loaded and not freed; one that is on its way out and is asked for again stays. */
  const live = new Map<string, Entry>();
  const freeIfUnused = (entry: Entry): void => {
    const { id } = entry.bundle.manifest;
    if (!entry.evicted || entry.users > 0 || live.get(id) !== entry) return;
    live.delete(id);
    backend.free(id);
  };
  const evict = (entry: Entry): void => {
    entry.evicted = true;
    freeIfUnused(entry);
  };
  const asked = new LRUCache<string, Entry>({ max: KEPT, dispose: evict });
  const loading = new Map<string, Promise<Entry>>();

  const load = (id: string): Promise<Entry> => {
    const known = live.get(id);
    if (known) {
      known.evicted = false;
      return Promise.resolve(known);
    }
    const underWay = loading.get(id);
    if (underWay) return underWay;
    const entry = backend
      .load(id, current?.bundle)
      .then((bundle) => {
        const loaded = entryOf(bundle, catalogues);
        live.set(id, loaded);
        return loaded;
      })
      .finally(() => loading.delete(id));
    loading.set(id, entry);
    return entry;
  };

  const look = async (): Promise<void> => {
    mustLook = false;
    looked = clock.now();
    const id = await store.activeBundle();
    if (disposed || id === undefined || id === current?.bundle.manifest.id) return;
    if (failed?.id === id && clock.now() - failed.at < RETRY_MS)
      throw current ? failed.error : unloadable(failed.error);
    try {
      const entry = await load(id);
      const before = current;
      current = entry;
      if (before && !asked.has(before.bundle.manifest.id)) evict(before);
      failed = undefined;
    } catch (error) {
      if (disposed) return;
      failed = { id, at: clock.now(), error };
      current ??= await standIn(id);
      log.error({ bundle: id, error: String(error), serving: current?.bundle.manifest.id ?? null }, NOT_LOADED);
      throw current ? error : unloadable(error);
    }
  };
  /** The newest other bundle that can be loaded; undefined = there is none. It serves, and is not made active. */
  const standIn = async (active: string): Promise<Entry | undefined> => {
    const others = (await store.bundles()).filter(({ id }) => id !== active).slice(0, STAND_INS);
    for (const { id } of others) {
      const entry = await load(id).catch(() => undefined);
      if (entry) return entry;
    }
    return undefined;
  };
  const refresh = (): Promise<void> => {
    refreshing ??= look().finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  };
  const active = async (): Promise<Entry> => {
    if (mustLook) {
      await refreshing?.catch(() => undefined);
      await refresh().catch((error) => {
        if (!current) throw error;
      });
    } else if (!current || clock.now() - looked >= FRESH_MS) {
      const fresh = refresh().catch((error) => {
        if (!current) throw error;
      });
      if (!current) await fresh;
    }
    if (current) return current;
    throw new RecographError('NO_ACTIVE_BUNDLE', 'Nothing has been trained yet. Train with: recograph train');
  };
  const named = async (id: string): Promise<Entry> => {
    const known = current?.bundle.manifest.id === id ? current : asked.get(id);
    if (known) return known;
    const entry = await load(id);
    if (entry !== current) asked.set(id, entry);
    return entry;
  };

  return {
    use: async (id, run) => {
      const fresh = current && !mustLook && clock.now() - looked < FRESH_MS;
      const entry = id !== undefined ? await named(id) : fresh ? current! : await active();
      entry.users++;
      try {
        return await run(entry);
      } finally {
        entry.users--;
        freeIfUnused(entry);
      }
    },
    withLoaded: async (id, activate) => {
      const entry = await load(id);
      try {
        return await activate();
      } finally {
        if (entry !== current && !asked.has(id)) evict(entry);
      }
    },
    peek: (id) => (current?.bundle.manifest.id === id ? current : asked.peek(id)),
    changed: () => {
      mustLook = true;
    },
    refresh,
    standing: () => {
      const bundle = current?.bundle.manifest.id;
      return failed && failed.id !== bundle
        ? { bundle, active: failed.id, reason: messageOf(failed.error) }
        : { bundle };
    },
    dispose: () => {
      disposed = true;
      asked.clear();
      if (current) evict(current);
      current = undefined;
    },
  };
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const unloadable = (error: unknown): RecographError => {
  const code = error instanceof RecographError ? error.code : 'INTERNAL';
  return new RecographError(code, `${messageOf(error)} No other bundle can be loaded. ${MEND}.`, { cause: error });
};

const entryOf = (bundle: BundleFront, catalogueOf: (items: Vocabulary) => CatalogueView): Entry => {
  let view: { readonly catalogue: CatalogueView; readonly front: FrontView } | undefined;
  return {
    bundle,
    users: 0,
    evicted: false,
    view: () => {
      const catalogue = catalogueOf(bundle.items);
      if (view?.catalogue !== catalogue) view = { catalogue, front: frontViewOver(bundle, catalogue) };
      return view.front;
    },
  };
};
