import type { ItemRecord } from '../spi/index.ts';

/** What one step from a version of the catalogue to the next did; what is deleted goes before what is upserted. */
export interface CatalogueChange {
  readonly upserted: readonly ItemRecord[];
  readonly deleted: readonly string[];
}

/** The items that are there now, and the last steps that led there. */
export interface CatalogueLog {
  /** In an order that every follower of the changes has too. */
  readonly records: ReadonlyMap<string, ItemRecord>;
  /** How many of them are in the catalogue; the others are known from events alone. */
  readonly listed: number;
  /** Grows with every step; a view made for an older version is out of date. */
  readonly version: number;
  /** The steps from that version to this one; undefined = too far back, start from `records`. */
  changesSince(version: number): readonly CatalogueChange[] | undefined;
}

export interface OwnedCatalogueLog extends CatalogueLog {
  /** true = something changed. */
  step(change: CatalogueChange): boolean;
  /** Nothing is there any more, and no step leads from what was. */
  clear(): void;
}

/** How many steps are kept for followers. */
const KEPT_STEPS = 256;

export const createCatalogueLog = (): OwnedCatalogueLog => {
  const records = new Map<string, ItemRecord>();
  const steps: CatalogueChange[] = [];
  let version = 0;
  let listed = 0;
  const count = (record: ItemRecord | undefined): number => (record && record.listed !== false ? 1 : 0);
  return {
    records,
    get listed() {
      return listed;
    },
    get version() {
      return version;
    },
    changesSince: (from) => {
      const first = steps.length - (version - from);
      return first < 0 ? undefined : steps.slice(first);
    },
    step: (change) => {
      const { upserted, deleted } = change;
      if (upserted.length + deleted.length === 0) return false;
      for (const id of deleted) {
        listed -= count(records.get(id));
        records.delete(id);
      }
      for (const record of upserted) {
        listed += count(record) - count(records.get(record.id));
        records.set(record.id, record);
      }
      steps.push(change);
      if (steps.length > KEPT_STEPS) steps.shift();
      version++;
      return true;
    },
    clear: () => {
      records.clear();
      listed = 0;
      steps.length = 0;
      version++;
    },
  };
};
