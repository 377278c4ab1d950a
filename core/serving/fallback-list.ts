import { compileFilter, inBitmap } from '../data/index.ts';
import type { ItemFilter } from '../spi/index.ts';
import type { BundleFront, FrontView } from './front.ts';

/** What of a request and its user limits a fallback list. */
export interface FallbackLimits {
  readonly n: number;
  readonly filter: ItemFilter | undefined;
  readonly excludeItems: readonly string[];
  /** Items of the user's history that must not be shown again. */
  readonly seen: readonly string[];
}

/** The best n of a pipeline's fallback list that are there now, fit its filters and the request, and are neither excluded nor seen. */
export const fallbackItems = (
  { fallback, rules }: BundleFront,
  view: FrontView,
  pipeline: string,
  { n, filter, excludeItems, seen }: FallbackLimits,
): number[] => {
  // The list is short: looking at its items alone is quicker than asking the whole catalogue.
  const fits = filter && compileFilter(filter);
  const ruled = (rules[pipeline] ?? []).map(
    ({ filter: of, keep }) => [compileFilter(of), keep === 'matching'] as const,
  );
  const without = new Set([...excludeItems, ...seen].map((id) => view.space.itemIndex(id)));
  const items: number[] = [];
  for (const item of fallback[pipeline] ?? []) {
    if (items.length === n) break;
    if (without.has(item) || (view.available && !inBitmap(view.available, item))) continue;
    const record = view.records[item];
    if (!record || (fits && !fits(record))) continue;
    if (ruled.every(([keeps, wanted]) => keeps(record) === wanted)) items.push(item);
  }
  return items;
};
