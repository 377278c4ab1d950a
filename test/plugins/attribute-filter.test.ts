import type { ItemFilter } from 'recograph';
import { expect, it } from 'vitest';
import { createAttributeFilter } from '../../plugins/attribute-filter/attribute-filter.ts';
import { attributeFilter } from '../../plugins/attribute-filter/index.ts';
import { rankedList, stageContext } from '../support/stage-context.ts';

it('asks the catalogue once a batch and keeps or removes what fits', async () => {
  const asked: ItemFilter[] = [];
  const matching = (filter: ItemFilter) => {
    asked.push(filter);
    return { size: 4, words: Uint32Array.of(0b0101) };
  };
  const lists = [rankedList([3, 2, 1, 0, 9], [5, 4, 3, 2, 1]), rankedList([], [])];
  const run = async (keep: 'matching' | 'others') => {
    const stage = createAttributeFilter({ conditions: [{ field: 'price', max: 8 }], keep });
    return (await stage.run(lists, stageContext(5, { seeds: [1, 2], matching }))).map((list) => [...list.items]);
  };
  expect(await run('matching')).toEqual([[2, 0], []]);
  expect(await run('others')).toEqual([[3, 1, 9], []]);
  expect(asked).toEqual(Array(2).fill({ available: null, attributes: [{ name: 'price', max: 8 }] }));
});

it('says its rule once for lists that meet no stage', () => {
  const { rule } = createAttributeFilter({ conditions: [{ field: 'price', max: 8 }], keep: 'others' });
  expect(rule).toEqual({
    filter: { available: null, attributes: [{ name: 'price', max: 8 }] },
    keep: 'others',
  });
});

it('refuses a condition that says nothing', () => {
  expect(attributeFilter.schema.safeParse({ conditions: [{ field: 'price' }] }).success).toBe(false);
  expect(attributeFilter.schema.safeParse({ conditions: [{ field: 'price', eq: null }] }).success).toBe(true);
});
