import { expect, it } from 'vitest';
import { fallbackItems } from '../../../core/serving/fallback-list.ts';
import type { BundleFront, FrontView } from '../../../core/serving/front.ts';
import type { ItemFilter, ItemRule } from '../../../core/spi/index.ts';

/** Five items, of which 0 and 3 are for adults and 1 is sold out. */
const view = {
  available: { size: 5, words: Uint32Array.of(0b11101) },
  records: [
    { attributes: { rating: 'adults' } },
    { categories: ['drama'], available: false },
    { categories: ['drama'] },
    { attributes: { rating: 'adults' } },
    {},
  ],
  space: { itemIndex: (id: string) => Number(id) },
} as unknown as FrontView;
const adults: ItemFilter = { available: null, attributes: [{ name: 'rating', eq: 'adults' }] };

const list = (rules: readonly ItemRule[], limits: object = {}) =>
  fallbackItems(
    { fallback: { home: [4, 3, 2, 1, 0] }, rules: { home: rules } } as unknown as BundleFront,
    view,
    'home',
    {
      n: 5,
      filter: undefined,
      excludeItems: [],
      seen: [],
      ...limits,
    },
  );

it("keeps to the pipeline's own filters, though no stage runs", () => {
  expect(list([])).toEqual([4, 3, 2, 0]);
  expect(list([{ filter: adults, keep: 'others' }])).toEqual([4, 2]);
  expect(list([{ filter: adults, keep: 'matching' }])).toEqual([3, 0]);
});

it('leaves out what is excluded, seen, or outside the filter of the request', () => {
  expect(list([], { excludeItems: ['4'], seen: ['2'] })).toEqual([3, 0]);
  expect(list([], { filter: { available: null, categories: ['drama'] } })).toEqual([2]);
  expect(list([], { n: 2 })).toEqual([4, 3]);
});
