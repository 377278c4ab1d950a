import type { ItemRecord, Store } from '../spi/index.ts';

/**
 * The items that are there now, kept in step with the store: at once for changes made through `applied`, and by
 * `refresh` for changes that another process made.
 */
export interface CatalogueFeed {
  readonly records: ReadonlyMap<string, ItemRecord>;
  /** Grows with every change; a view made for an older version is out of date. */
  readonly version: number;
  applied(changes: { upserted?: readonly ItemRecord[]; deleted?: readonly string[] }): Promise<void>;
  /** Reads what has changed otherwise; true = something had. */
  refresh(): Promise<boolean>;
}

export const createCatalogueFeed = async (store: Store): Promise<CatalogueFeed> => {
  let records = new Map<string, ItemRecord>();
  let version = 0;
  let seen = -1;
  /** The store's greatest item key that is read: items that events bring come behind it. */
  let lastKey = 0;
  let refreshing: Promise<boolean> | undefined;

  const readAll = async (): Promise<void> => {
    const { catalogue } = await store.state();
    const read = new Map<string, ItemRecord>();
    let greatest = 0;
    for await (const page of store.allItems()) {
      for (const record of page.records) read.set(record.id, record);
      greatest = page.keys.at(-1) ?? greatest;
    }
    records = read;
    seen = catalogue;
    lastKey = greatest;
    version++;
  };
  const readNew = async (): Promise<boolean> => {
    const { keys, ids } = await store.keys('item', lastKey);
    if (ids.length === 0) return false;
    for (const record of await store.items(ids)) if (record) records.set(record.id, record);
    lastKey = keys.at(-1) ?? lastKey;
    version++;
    return true;
  };
  const refresh = async (): Promise<boolean> => {
    if ((await store.state()).catalogue === seen) return readNew();
    await readAll();
    return true;
  };

  await readAll();
  return {
    get records() {
      return records;
    },
    get version() {
      return version;
    },
    applied: async ({ upserted = [], deleted = [] }) => {
      const { catalogue } = await store.state();
      for (const record of await store.items(upserted.map(({ id }) => id))) if (record) records.set(record.id, record);
      for (const id of deleted) records.delete(id);
      if (catalogue === seen + 1) seen = catalogue;
      version++;
    },
    refresh: () => {
      refreshing ??= refresh().finally(() => {
        refreshing = undefined;
      });
      return refreshing;
    },
  };
};
