import { expect, it } from 'vitest';
import { createCatalogue } from '../../../core/pipeline/index.ts';
import { createAttributeFilter } from '../../../plugins/attribute-filter/attribute-filter.ts';
import { rankedList, stageContext } from '../../support/stage-context.ts';

const catalogue = createCatalogue({
  vocabularySize: 4,
  id: String,
  features: { rows: 5, columns: {} },
  records: [
    { title: 'a', categories: ['Comedy', 'Drama'], attributes: { price: 5, tags: ['x', 'y'] } },
    { title: 'b', categories: ['Drama'], attributes: { price: 20 } },
    { title: 'c', available: false, attributes: { price: 8, sizes: [36, 44] } },
    undefined,
    { title: null, attributes: JSON.parse('{"__proto__": 1}') },
  ],
});
const kept = async (config: Parameters<typeof createAttributeFilter>[0]) => {
  const lists = await createAttributeFilter(config).run(
    [rankedList([4, 3, 2, 1, 0], [5, 4, 3, 2, 1])],
    stageContext(5, { matching: catalogue.matching }),
  );
  return [...lists[0]!.items];
};
const only = (conditions: Parameters<typeof createAttributeFilter>[0]['conditions']) =>
  kept({ conditions, keep: 'matching' });

it('compares attributes as the host wrote them', async () => {
  expect(await only([{ field: 'price', max: 8 }])).toEqual([2, 0]);
  expect(await only([{ field: 'price', min: 6, max: 8 }])).toEqual([2]);
  expect(await only([{ field: 'price', eq: 20 }])).toEqual([1]);
  expect(await only([{ field: 'categories', in: ['Comedy', 'Horror'] }])).toEqual([0]);
  expect(await only([{ field: 'tags', eq: 'y' }])).toEqual([0]);
  expect(await only([{ field: 'sizes', min: 40, max: 50 }])).toEqual([2]);
  expect(await only([{ field: 'title', eq: 'b' }])).toEqual([1]);
  expect(await only([{ field: 'available', eq: false }])).toEqual([2]);
});

it('a missing attribute fits null alone', async () => {
  expect(await only([{ field: 'price', eq: null }])).toEqual([4]);
  expect(await only([{ field: 'constructor', min: 0 }])).toEqual([]);
});

it('all conditions must hold; "others" keeps what does not fit', async () => {
  const conditions = [
    { field: 'price', max: 20 },
    { field: 'categories', eq: 'Drama' },
  ];
  expect(await only(conditions)).toEqual([1, 0]);
  expect(await kept({ conditions, keep: 'others' })).toEqual([4, 3, 2]);
});
