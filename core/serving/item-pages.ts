import { createMatching, type Matching } from '../pipeline/matching.ts';
import type { ItemFilter, ItemRecord } from '../spi/index.ts';
import type { CatalogueLog } from './catalogue-log.ts';

/** A page of the catalogue in the order of ids. */
export interface ItemPage {
  readonly items: readonly ItemRecord[];
  readonly hasNextPage: boolean;
}

/**
 * Pages through the items that fit a filter, from memory: what a page costs does not depend on how few there are. `after`
 * is an id; items behind it in the order of ids (UTF-16) come.
 */
export const createItemPages = (log: CatalogueLog) => {
  let known:
    | { readonly version: number; readonly records: readonly ItemRecord[]; readonly matching: Matching }
    | undefined;
  const now = () => {
    if (known?.version !== log.version) {
      const records = [...log.records.values()];
      known = { version: log.version, records, matching: createMatching(records) };
    }
    return known;
  };
  return ({ first, after, filter = {} }: { first: number; after?: string; filter?: ItemFilter }): ItemPage => {
    const { records, matching } = now();
    const { words } = matching(filter);
    const least = smallest(records, words, after, first + 1);
    return { items: least.slice(0, first), hasNextPage: least.length > first };
  };
};

/** The `count` records with the least ids behind `after`, of those whose bit is set. O(records + found log count). */
const smallest = (
  records: readonly ItemRecord[],
  words: Uint32Array,
  after: string | undefined,
  count: number,
): ItemRecord[] => {
  const least: ItemRecord[] = [];
  for (const [i, record] of records.entries()) {
    if (((words[i >> 5]! >>> (i & 31)) & 1) === 0 || (after !== undefined && record.id <= after)) continue;
    if (least.length === count && record.id > least.at(-1)!.id) continue;
    let at = least.length;
    while (at > 0 && least[at - 1]!.id > record.id) at--;
    least.splice(at, 0, record);
    if (least.length > count) least.pop();
  }
  return least;
};
