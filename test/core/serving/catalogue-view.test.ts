import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createVocabulary } from '../../../core/data/index.ts';
import { createCatalogueLog } from '../../../core/serving/catalogue-log.ts';
import { catalogueViews, createCatalogueView } from '../../../core/serving/catalogue-view.ts';
import type { ItemRecord } from '../../../core/spi/index.ts';

const vocabulary = createVocabulary(['a', 'b', 'c']);
const record = (id: string, available: boolean, title: string): ItemRecord =>
  ({ id, available, title, categories: [], attributes: {} }) as unknown as ItemRecord;

const id = fc.constantFrom('a', 'b', 'c', 'new1', 'new2', 'new3');
const change = fc.record({
  deleted: fc.array(id, { maxLength: 2 }),
  upserted: fc.array(
    fc.tuple(id, fc.boolean(), fc.constantFrom('x', 'y')).map(([...of]) => record(...of)),
    {
      maxLength: 3,
    },
  ),
});

it('a view that follows the changes is the view of the whole catalogue', () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 3 }), { maxLength: 6 }), (rounds) => {
      const log = createCatalogueLog();
      const viewOver = catalogueViews(log);
      for (const changes of rounds) {
        for (const one of changes) log.step(one);
        const [followed, whole] = [viewOver(vocabulary), createCatalogueView(vocabulary, log.records)];
        expect(followed.records).toEqual(whole.records);
        expect(followed.overlay).toEqual(whole.overlay);
        expect(followed.available).toEqual(whole.available);
        followed.records.forEach((_, index) => {
          expect(followed.itemId(index)).toBe(whole.itemId(index));
          expect(followed.itemIndex(followed.itemId(index))).toBe(index);
        });
      }
    }),
    { numRuns: 300 },
  );
});

it('is the same object until something changes, and keeps its indices while no item comes or goes', () => {
  const log = createCatalogueLog();
  log.step({ deleted: [], upserted: [record('a', true, 'x'), record('new1', true, 'x')] });
  const viewOver = catalogueViews(log);
  const before = viewOver(vocabulary);
  expect(viewOver(vocabulary)).toBe(before);
  log.step({ deleted: [], upserted: [record('new1', true, 'y'), record('b', true, 'x')] });
  const after = viewOver(vocabulary);
  expect(after.itemIndex).toBe(before.itemIndex);
  expect(after.records[3]?.title).toBe('y');
  expect(before.records[3]?.title).toBe('x');
  log.step({ deleted: [], upserted: [record('new2', true, 'x')] });
  expect(viewOver(vocabulary).itemIndex('new2')).toBe(4);
  expect(after.itemIndex('new2')).toBe(-1);
});

it('starts anew from the records where the steps are too far back', () => {
  const log = createCatalogueLog();
  const viewOver = catalogueViews(log);
  viewOver(vocabulary);
  for (let k = 0; k < 300; k++) log.step({ deleted: [], upserted: [record(`new${k}`, true, 'x')] });
  expect(viewOver(vocabulary).overlay).toHaveLength(300);
});
