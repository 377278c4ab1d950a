import { type Attributes, type FeatureColumn, fitFeatureVocabulary } from 'recograph';
import { describe, expect, it } from 'vitest';

const column = (rows: { columns: Readonly<Record<string, FeatureColumn>> }, name: string) => {
  const found = rows.columns[name];
  if (!found) throw new Error(`no column ${name}`);
  return found;
};
const list = (column: FeatureColumn) =>
  column.kind === 'dense' || column.kind === 'text' ? [...column.values] : [...column.codes];

describe('numbers', () => {
  const records = [{ price: 1 }, { price: 2 }, { price: 3 }, { price: 6 }];

  it('scales to zero mean and unit variance: mean 3, population variance 14 / 4', () => {
    const encoded = column(fitFeatureVocabulary(records).encode([{ price: 3 }, { price: 6 }, {}]), 'price');
    expect(list(encoded)).toEqual([0, Math.fround(3 / Math.sqrt(3.5)), Number.NaN]);
  });

  it('scales by sign(x) ln(1 + |x|) where asked', () => {
    const encodings = { price: { kind: 'number', scale: 'log' } } as const;
    const e = Math.E - 1;
    const vocabulary = fitFeatureVocabulary([{ price: 0 }, { price: e }], encodings);
    const values = list(column(vocabulary.encode([{ price: 0 }, { price: e }, { price: -e }]), 'price'));
    expect(values).toEqual([-1, 1, -3]);
  });

  it('cuts into quantile buckets of about equal count', () => {
    const encodings = { price: { kind: 'number', scale: 'none', buckets: 2 } } as const;
    const vocabulary = fitFeatureVocabulary(records, encodings);
    expect(vocabulary.labels('price')).toEqual(['(missing)', '(unseen)', '[-Infinity, 3)', '[3, Infinity)']);
    const encoded = vocabulary.encode([{ price: 2.9 }, { price: 3 }, { price: null }, { price: 1e9 }]);
    expect(list(column(encoded, 'price'))).toEqual([2, 3, 0, 3]);
  });

  it('counts a malformed value and encodes it as missing', () => {
    const malformed = new Map<string, number>();
    const vocabulary = fitFeatureVocabulary(records);
    const encoded = vocabulary.encode(
      [{ price: 'cheap' }, { price: { euro: 3 } }, { price: [3] }, { price: '3' }, {}],
      malformed,
    );
    expect(list(column(encoded, 'price'))).toEqual([Number.NaN, Number.NaN, Number.NaN, 0, Number.NaN]);
    expect(malformed.get('price')).toBe(3);
  });
});

describe('labels', () => {
  it('gives the more frequent label the smaller code, 0 to missing and 1 to unseen', () => {
    const vocabulary = fitFeatureVocabulary([{ c: 'b' }, { c: 'a' }, { c: 'b' }, { c: 'c' }]);
    const encoded = vocabulary.encode([{ c: 'b' }, { c: 'a' }, { c: 'c' }, { c: 'z' }, { c: '' }, {}]);
    expect(list(column(encoded, 'c'))).toEqual([2, 3, 4, 1, 0, 0]);
    expect(vocabulary.labels('c')).toEqual(['(missing)', '(unseen)', 'b', 'a', 'c']);
  });

  it('takes labels under minCount for unseen', () => {
    const vocabulary = fitFeatureVocabulary([{ c: 'b' }, { c: 'a' }, { c: 'b' }], {
      c: { kind: 'category', minCount: 2 },
    });
    expect(list(column(vocabulary.encode([{ c: 'a' }, { c: 'b' }]), 'c'))).toEqual([1, 2]);
  });

  it('takes a number and its text for the same category', () => {
    const vocabulary = fitFeatureVocabulary([{ c: 7 }, { c: '7' }], { c: { kind: 'category', minCount: 2 } });
    expect(list(column(vocabulary.encode([{ c: 7 }, { c: '7' }]), 'c'))).toEqual([2, 2]);
  });

  it('keeps categories in their order, with unseen ones in place', () => {
    const vocabulary = fitFeatureVocabulary([{ tags: ['x', 'y'] }, { tags: ['y'] }]);
    const tags = column(vocabulary.encode([{ tags: ['x', 'new', 'y'] }, {}, { tags: 'y' }]), 'tags');
    expect(list(tags)).toEqual([3, 1, 2, 2]);
    expect(tags.kind === 'bag' && [...tags.offsets]).toEqual([0, 3, 3, 4]);
  });

  it('tokenises text of any script to ordered codes, lower-cased', () => {
    const encodings = { title: { kind: 'tokens', minCount: 1, maxTokens: 3 } } as const;
    const vocabulary = fitFeatureVocabulary([{ title: 'Étoile: the ÉTOILE, 星! the étoile' }], encodings);
    expect(vocabulary.labels('title')?.slice(2)).toEqual(['étoile', 'the', '星']);
    expect(list(column(vocabulary.encode([{ title: 'the—Étoile (1995)' }]), 'title'))).toEqual([3, 2, 1]);
  });
});

describe('dates, vectors, text and crosses', () => {
  it('splits a date into UTC parts and an age', () => {
    const encodings = { at: { kind: 'date', parts: ['hour', 'weekday', 'month', 'age'] } } as const;
    const vocabulary = fitFeatureVocabulary([{ at: '2024-01-01' }, { at: '2024-01-03' }], encodings);
    // 2024-02-29 was a Thursday. Ages of the training dates: 2 and 0 days, mean 1, deviation 1.
    const encoded = vocabulary.encode([
      { at: '2024-02-29T23:30:00-01:00' },
      { at: '2024-01-01T00:00' },
      { at: 'soon' },
    ]);
    expect(vocabulary.labels('at.weekday')?.[column2(encoded, 'at.weekday', 0)]).toBe('Friday');
    expect(vocabulary.labels('at.month')?.[column2(encoded, 'at.month', 0)]).toBe('3');
    expect(list(column(encoded, 'at.hour'))).toEqual([2, 2, 0]);
    expect(list(column(encoded, 'at.age'))[1]).toBe(1);
    expect(list(column(encoded, 'at.age'))[2]).toBeNaN();
  });

  it('takes vectors of the learned width alone', () => {
    const vocabulary = fitFeatureVocabulary([{ v: [1, 2] }, { v: [3, 4] }]);
    const encoded = column(vocabulary.encode([{ v: [5, 6] }, { v: [5] }, { v: 'x' }]), 'v');
    expect(list(encoded)).toEqual([5, 6, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  });

  it('reads one attribute under two names', () => {
    const vocabulary = fitFeatureVocabulary([{ title: 'A b' }], {
      title: { kind: 'tokens', minCount: 1, maxTokens: 10 },
      raw: { kind: 'text', from: 'title' },
    });
    const encoded = vocabulary.encode([{ title: 'A b' }, {}]);
    expect(list(column(encoded, 'title'))).toEqual([2, 3]);
    expect(list(column(encoded, 'raw'))).toEqual(['A b', null]);
  });

  it('crosses categorical columns and plain fields, missing where one part is', () => {
    const vocabulary = fitFeatureVocabulary(
      [
        { day: 'Mon', slot: 1 },
        { day: 'Tue', slot: 2 },
      ],
      { both: { kind: 'cross', of: ['day', 'slot'], size: 1000 } },
    );
    const rows: Attributes[] = [
      { day: 'Mon', slot: 1 },
      { day: 'Mon', slot: 2 },
      { day: 'Mon', slot: 1 },
      { day: 'Mon' },
    ];
    const [a, b, again, missing] = list(column(vocabulary.encode(rows), 'both'));
    expect(a).toBe(again);
    expect(a).not.toBe(b);
    expect(a).toBeGreaterThanOrEqual(2);
    expect(missing).toBe(0);
  });
});

const column2 = (rows: { columns: Readonly<Record<string, FeatureColumn>> }, name: string, row: number): number =>
  Number(list(column(rows, name))[row]);
