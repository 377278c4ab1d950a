import { isDeepStrictEqual } from 'node:util';
import type { ItemRecord, Store } from '../spi/index.ts';
import { type CatalogueLog, createCatalogueLog } from './catalogue-log.ts';

/**
 * The items that are there now, kept in step with the store: at once for changes made through `applied`, and by
 * `refresh` for changes that another process made.
 */
export interface CatalogueFeed extends CatalogueLog {
  applied(changes: { upserted?: readonly ItemRecord[]; deleted?: readonly string[] }): Promise<void>;
  /** Reads what has changed otherwise; true = something had. */
  refresh(): Promise<boolean>;
}

export const createCatalogueFeed = async (store: Store): Promise<CatalogueFeed> => {
  const log = createCatalogueLog();
  const { records, step } = log;
  let seen = -1;
  /** The store's greatest item key that is read: items that events bring come behind it. */
  let lastKey = 0;
  let refreshing: Promise<boolean> | undefined;

  const readAll = async (): Promise<boolean> => {
    const { items } = await store.state();
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
    seen = items;
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
  const refresh = async (): Promise<boolean> => ((await store.state()).items === seen ? readNew() : readAll());

  await readAll();
  return {
    records,
    get listed() {
      return log.listed;
    },
    get version() {
      return log.version;
    },
    changesSince: log.changesSince,
    applied: async ({ upserted = [], deleted = [] }) => {
      const { items } = await store.state();
      const found = await store.items(upserted.map(({ id }) => id));
      if (items === seen + 1) seen = items;
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
