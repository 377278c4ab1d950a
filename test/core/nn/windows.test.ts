import fc from 'fast-check';
import type { Ragged } from 'recograph';
import { windowsOf } from 'recograph/nn';
import { expect, it } from 'vitest';
import { ragged } from '../../support/ragged.ts';

const listsOf = ({ offsets, values }: Ragged): number[][] =>
  Array.from({ length: offsets.length - 1 }, (_, k) => [...values.subarray(offsets[k]!, offsets[k + 1]!)]);

it('cuts a long row from its end, neighbours sharing an item', () => {
  const { sequences, rows } = windowsOf(ragged([[7], [1, 2, 3, 4, 5, 6], [], [8, 9]]), 2);
  expect(listsOf(sequences)).toEqual([
    [4, 5, 6],
    [2, 3, 4],
    [1, 2],
    [8, 9],
  ]);
  expect([...rows]).toEqual([1, 1, 1, 3]);
});

it('holds every step of every row once, in windows of at most so many steps', () => {
  const lists = fc.array(fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 30 }), { maxLength: 10 });
  fc.assert(
    fc.property(lists, fc.integer({ min: 1, max: 8 }), (given, length) => {
      const { sequences, rows } = windowsOf(ragged(given), length);
      const steps = (row: number, items: readonly number[]) =>
        items.slice(1).map((item, k) => `${row}: ${items[k]} > ${item}`);
      const cut = listsOf(sequences);
      expect(cut.every((window) => window.length >= 2 && window.length <= length + 1)).toBe(true);
      expect(cut.flatMap((window, k) => steps(rows[k]!, window)).sort()).toEqual(
        given.flatMap((items, row) => steps(row, items)).sort(),
      );
    }),
  );
});

it('leaves rows whole where any length will do', () => {
  const { sequences, rows } = windowsOf(ragged([[1, 2, 3], [4]]), Number.POSITIVE_INFINITY);
  expect(listsOf(sequences)).toEqual([[1, 2, 3]]);
  expect([...rows]).toEqual([0]);
});
