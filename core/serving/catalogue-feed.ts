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
  /** Reads everything again where the store has changed otherwise; true = it had. */
  refresh(): Promise<boolean>;
}

export const createCatalogueFeed = async (store: Store): Promise<CatalogueFeed> => {
  let records = new Map<string, ItemRecord>();
  let version = 0;
  let seen = -1;
  const readAll = async (): Promise<void> => {
    const { catalogue } = await store.state();
    const read = new Map<string, ItemRecord>();
    for await (const page of store.allItems()) for (const record of page.records) read.set(record.id, record);
    records = read;
    seen = catalogue;
    version++;
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
    refresh: async () => {
      if ((await store.state()).catalogue === seen) return false;
      await readAll();
      return true;
    },
  };
};
