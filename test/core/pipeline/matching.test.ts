import fc from 'fast-check';
import type { ItemFilter, ItemRecord, Json } from 'recograph';
import { expect, it } from 'vitest';
import { createMatching } from '../../../core/pipeline/matching.ts';

const name = fc.constantFrom('brand', 'price', 'tags', 'title', 'categories', 'available', 'nobody');
const scalar = fc.constantFrom<string | number | boolean | null>('a', 'b', '1', 1, 2.5, -3, true, false, null);
const value = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.constant({ deep: 1 }));
const record = fc.option(
  fc.record(
    {
      title: fc.constantFrom('a', 'b', null),
      categories: fc.array(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
      available: fc.boolean(),
      attributes: fc.dictionary(name, value, { maxKeys: 4 }),
    },
    { requiredKeys: [] },
  ),
  { nil: undefined, freq: 8 },
);
const filter = fc.record(
  {
    categories: fc.array(fc.constantFrom('x', 'y', 'w'), { maxLength: 2 }),
    available: fc.constantFrom(true, false, null),
    attributes: fc.array(
      fc.record(
        {
          name,
          eq: scalar,
          in: fc.array(scalar, { maxLength: 3 }),
          min: fc.constantFrom(-5, 0, 2),
          max: fc.constantFrom(0, 3),
        },
        { requiredKeys: ['name'] },
      ),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: [] },
);

/** What a filter means, value by value: the naive twin. */
const fits = (item: Omit<ItemRecord, 'id'>, { available = true, categories, attributes = [] }: ItemFilter): boolean => {
  if (available !== null && (item.available ?? true) !== available) return false;
  if (categories && !categories.some((category) => item.categories?.includes(category))) return false;
  return attributes.every(({ name, eq, in: options, min, max }) => {
    const named: Readonly<Record<string, Json | undefined>> = {
      title: item.title ?? null,
      categories: item.categories ?? null,
      available: item.available ?? true,
      ...item.attributes,
    };
    const value = named[name] ?? null;
    const entries: readonly Json[] = Array.isArray(value) ? value : [value];
    const equals = (wanted: Json): boolean => value === wanted || (Array.isArray(value) && entries.includes(wanted));
    if (eq !== undefined && !equals(eq)) return false;
    if (options && !options.some(equals)) return false;
    if (min === undefined && max === undefined) return true;
    return entries.some(
      (entry) =>
        typeof entry === 'number' && (min === undefined || entry >= min) && (max === undefined || entry <= max),
    );
  });
};

it('answers as the naive twin does of each record', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 70 }), filter, (given, asked) => {
      const records = given as (Omit<ItemRecord, 'id'> | undefined)[];
      const { words } = createMatching(records)(asked as ItemFilter);
      const bits = records.map((_, i) => (words[i >> 5]! >>> (i & 31)) & 1);
      expect(bits).toEqual(records.map((of) => (of && fits(of, asked as ItemFilter) ? 1 : 0)));
    }),
    { numRuns: 2000, seed: 1 },
  );
});

it('says which attributes no record has', () => {
  const matching = createMatching([{ attributes: { price: 3, brand: null } }, undefined]);
  expect(
    matching.lacking({ attributes: [{ name: 'price', min: 1 }, { name: 'pricee', min: 1 }, { name: 'brand' }] }),
  ).toEqual(['pricee', 'brand']);
  expect(matching.attributes()).toEqual(['brand', 'price']);
});

it('keeps the latest filters, however large they are and however many come', () => {
  const matching = createMatching([{ attributes: { price: 3 } }, { attributes: { price: 5 } }]);
  const cheap: ItemFilter = { attributes: [{ name: 'price', max: 4 }] };
  const first = matching(cheap);
  expect(matching(cheap)).toBe(first);
  for (let k = 0; k < 300; k++) matching({ categories: [`c${k}`] });
  expect(matching(cheap)).not.toBe(first);
  expect(matching(cheap)).toEqual(first);
  const long = 'x'.repeat(600_000);
  const large = matching({ categories: [long, '1'] });
  expect(matching({ categories: [long, '1'] })).toBe(large);
  matching({ categories: [long, '2'] });
  expect(matching({ categories: [long, '1'] })).not.toBe(large);
});

it('pauses every thousand records or so, and gives the same answer', () => {
  const matching = createMatching(Array.from({ length: 10_000 }, (_, k) => ({ attributes: { price: k } })));
  const asked: ItemFilter = {
    attributes: [
      { name: 'price', min: 9000 },
      { name: 'nobody has it', eq: null },
    ],
  };
  const steps = matching.steps(asked);
  let pauses = 0;
  let step = steps.next();
  for (; !step.done; step = steps.next()) pauses++;
  expect(pauses).toBeGreaterThanOrEqual(18);
  expect(matching(asked)).toBe(step.value);
  expect(matching.lacking(asked)).toEqual(['nobody has it']);
});
