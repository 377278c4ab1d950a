import { isDeepStrictEqual } from 'node:util';
import type { ItemRecord, Store } from '../spi/index.ts';

/** What one step from a version of the catalogue to the next did; what is deleted goes before what is upserted. */
export interface CatalogueChange {
  readonly upserted: readonly ItemRecord[];
  readonly deleted: readonly string[];
}

/**
 * The items that are there now, kept in step with the store: at once for changes made through `applied`, and by
 * `refresh` for changes that another process made.
 */
export interface CatalogueFeed {
  /** In an order that every follower of the changes has too. */
  readonly records: ReadonlyMap<string, ItemRecord>;
  /** Grows with every change; a view made for an older version is out of date. */
  readonly version: number;
  /** The steps from that version to this one; undefined = too far back, start from `records`. */
  changesSince(version: number): readonly CatalogueChange[] | undefined;
  applied(changes: { upserted?: readonly ItemRecord[]; deleted?: readonly string[] }): Promise<void>;
  /** Reads what has changed otherwise; true = something had. */
  refresh(): Promise<boolean>;
}

/** How many steps are kept for followers. */
const KEPT_STEPS = 256;

export const applyChange = (records: Map<string, ItemRecord>, { upserted, deleted }: CatalogueChange): void => {
  for (const id of deleted) records.delete(id);
  for (const record of upserted) records.set(record.id, record);
};

export const createCatalogueFeed = async (store: Store): Promise<CatalogueFeed> => {
  const records = new Map<string, ItemRecord>();
  const steps: CatalogueChange[] = [];
  let version = 0;
  let seen = -1;
  /** The store's greatest item key that is read: items that events bring come behind it. */
  let lastKey = 0;
  let refreshing: Promise<boolean> | undefined;

  const step = (change: CatalogueChange): boolean => {
    if (change.upserted.length + change.deleted.length === 0) return false;
    applyChange(records, change);
    steps.push(change);
    if (steps.length > KEPT_STEPS) steps.shift();
    version++;
    return true;
  };
  const readAll = async (): Promise<boolean> => {
    const { catalogue } = await store.state();
    const upserted: ItemRecord[] = [];
    const gone = new Set(records.keys());
    let greatest = 0;
    for await (const page of store.allItems()) {
      for (const record of page.records) {
        gone.delete(record.id);
        if (!isDeepStrictEqual(records.get(record.id), record)) upserted.push(record);
      }
      greatest = page.keys.at(-1) ?? greatest;
    }
    seen = catalogue;
    lastKey = greatest;
    return step({ upserted, deleted: [...gone] });
  };
  const readNew = async (): Promise<boolean> => {
    const { keys, ids } = await store.keys('item', lastKey);
    if (ids.length === 0) return false;
    const found = await store.items(ids);
    lastKey = keys.at(-1) ?? lastKey;
    return step({ upserted: found.filter((record) => record !== undefined), deleted: [] });
  };
  const refresh = async (): Promise<boolean> => ((await store.state()).catalogue === seen ? readNew() : readAll());

  await readAll();
  return {
    records,
    get version() {
      return version;
    },
    changesSince: (from) => {
      const first = steps.length - (version - from);
      return first < 0 ? undefined : steps.slice(first);
    },
    applied: async ({ upserted = [], deleted = [] }) => {
      const { catalogue } = await store.state();
      const found = await store.items(upserted.map(({ id }) => id));
      if (catalogue === seen + 1) seen = catalogue;
      step({ upserted: found.filter((record) => record !== undefined), deleted });
    },
    refresh: () => {
      refreshing ??= refresh().finally(() => {
        refreshing = undefined;
      });
      return refreshing;
    },
  };
};
