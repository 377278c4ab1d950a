import { inBitmap } from '../data/index.ts';
import { createMatching, type Matching } from '../pipeline/matching.ts';
import type { Bitmap, ItemFilter, ItemRecord } from '../spi/index.ts';
import type { CatalogueLog } from './catalogue-log.ts';
import type { Turns } from './turns.ts';

/** A page of the catalogue in the order of ids. */
export interface ItemPage {
  readonly items: readonly ItemRecord[];
  readonly hasNextPage: boolean;
}

/** Records between two pauses. */
const STEP = 4096;

/**
 * Pages through the items that fit a filter, from memory: what a page costs does not depend on how few there are.
 * `after` is an id; items behind it in the order of ids (UTF-16) come.
 */
export const createItemPages = (log: CatalogueLog, turns: Turns) => {
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
  function* page(first: number, after: string | undefined, filter: ItemFilter): Generator<void, ItemPage> {
    const { records, matching } = now();
    const fitting = yield* matching.steps(filter);
    const least = yield* smallest(records, fitting, after, first + 1);
    return { items: least.slice(0, first), hasNextPage: least.length > first };
  }
  return async ({ first, after, filter = {} }: { first: number; after?: string; filter?: ItemFilter }) =>
    (await turns.run(page(first, after, filter)))!;
};

/** The `count` records with the least ids behind `after`, of the fitting ones. O(records + found log count). */
function* smallest(
  records: readonly ItemRecord[],
  fitting: Bitmap,
  after: string | undefined,
  count: number,
): Generator<void, ItemRecord[]> {
  const least: ItemRecord[] = [];
  for (const [i, record] of records.entries()) {
    if (i % STEP === STEP - 1) yield;
    if (!inBitmap(fitting, i) || (after !== undefined && record.id <= after)) continue;
    if (least.length === count && record.id > least.at(-1)!.id) continue;
    let at = least.length;
    while (at > 0 && least[at - 1]!.id > record.id) at--;
    least.splice(at, 0, record);
    if (least.length > count) least.pop();
  }
  return least;
}
