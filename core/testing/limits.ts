import type { ItemList, Limits } from 'recograph';
import { limitOf } from 'recograph';
import { expectArray, expectThat } from './check.ts';

export const noLimits = (queries: number): Limits => ({
  exclude: { offsets: new Uint32Array(queries + 1), values: new Int32Array(0) },
});

/** Query q may not have items q, q + 3, ...; nobody may have every fourth item. */
export const someLimits = (queries: number, items: number): Limits => {
  const offsets = new Uint32Array(queries + 1);
  const values: number[] = [];
  for (let q = 0; q < queries; q++) {
    for (let item = q % 3; item < items; item += 3) values.push(item);
    offsets[q + 1] = values.length;
  }
  const words = new Uint32Array((items + 31) >> 5);
  for (let item = 0; item < items; item++) if (item % 4 !== 3) words[item >> 5]! |= 1 << (item & 31);
  return { exclude: { offsets, values: Int32Array.from(values) }, allow: { size: items, words } };
};

/** One list a query, at most n long, scores finite and not rising, no item twice; equal scores in any order. */
export const expectOrders = (lists: readonly ItemList[], queries: number, n: number, of: string): void =>
  expectFaultless(lists, queries, of, ({ items, scores }) => orderFault(items, scores, n), {
    rule: `to list best first, without NaN, no item twice, at most n = ${n}`,
    fix: 'an item that moves up takes the score of the place it gets.',
  });

/** The same, and ties in ascending item order. */
export const expectLists = (lists: readonly ItemList[], queries: number, n: number, of: string): void =>
  expectFaultless(lists, queries, of, ({ items, scores }) => orderFault(items, scores, n) ?? tieFault(items, scores), {
    rule: `to list best first, without NaN, no item twice, ties in ascending item order, at most n = ${n}`,
    fix: 'use topK of recograph/math, or kernels.topK, which keep this order.',
  });

const expectFaultless = (
  lists: readonly ItemList[],
  queries: number,
  of: string,
  faultOf: (list: ItemList) => string | undefined,
  { rule, fix }: { readonly rule: string; readonly fix: string },
): void => {
  expectThat(lists.length === queries, () => ({
    expected: `${of} to give ${queries} lists for ${queries} queries`,
    seen: `${lists.length}`,
    fix: 'give one list a query, empty where there is nothing to list.',
  }));
  for (const [q, list] of lists.entries()) {
    const fault = faultOf(list);
    expectThat(fault === undefined, () => ({ expected: `${of} ${rule}`, seen: `query ${q}: ${fault}`, fix }));
  }
};

const orderFault = (items: Int32Array, scores: Float32Array, n: number): string | undefined => {
  if (items.length !== scores.length) return `${items.length} items with ${scores.length} scores`;
  if (items.length > n) return `${items.length} items`;
  if (new Set(items).size !== items.length) return `an item twice in ${items.join(', ')}`;
  for (let k = 0; k < items.length; k++) {
    if (!Number.isFinite(scores[k])) return `item ${items[k]} with score ${scores[k]}`;
    if (k > 0 && scores[k]! > scores[k - 1]!) return `score ${scores[k]} below ${scores[k - 1]}`;
  }
  return undefined;
};

const tieFault = (items: Int32Array, scores: Float32Array): string | undefined => {
  const wrong = items.findIndex((item, k) => k > 0 && scores[k] === scores[k - 1] && item < items[k - 1]!);
  return wrong < 0 ? undefined : `item ${items[wrong]} below item ${items[wrong - 1]} at the same score`;
};

/** Lists in arrays of the stated types. */
export const expectListTypes = (lists: readonly ItemList[], of: string): void => {
  for (const { items, scores } of lists) {
    expectArray(items, Int32Array, `the items of a list of ${of}`);
    expectArray(scores, Float32Array, `the scores of a list of ${of}`);
  }
};

export const expectWithin = (lists: readonly ItemList[], limits: Limits, of: string): void => {
  for (const [q, { items }] of lists.entries()) {
    const allowed = limitOf(limits, q);
    const wrong = items.find((item) => !allowed(item));
    expectThat(wrong === undefined, () => ({
      expected: `${of} to list only items within the limits`,
      seen: `item ${wrong} in the list of query ${q}, which is excluded or not allowed`,
      fix: 'ask limitOf(limits, query) for each item before listing it; n counts what is left.',
    }));
  }
};
