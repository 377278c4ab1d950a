import { fitFeatureVocabulary, itemAttributes, itemFieldEncodings } from 'recograph';
import { describe, expect, it } from 'vitest';

const kinds = (records: Parameters<typeof fitFeatureVocabulary>[0]) =>
  Object.fromEntries(fitFeatureVocabulary(records).columns.map(({ name, encoding }) => [name, encoding]));

describe('what is not configured', () => {
  it('is inferred from the values', () => {
    const long = 'a film about a detective who finds out that nothing was as it seemed';
    const records = Array.from({ length: 120 }, (_, k) => ({
      number: k,
      numeric: String(k / 4),
      colour: ['red', 'green'][k % 2]!,
      flag: k % 3 === 0,
      plot: `${long} ${k}`,
      name: `unique ${k}`,
      tags: ['a', 'b'],
      embedding: [k, 1, 2],
      released: `19${70 + (k % 30)}-05-01`,
      nested: { a: 1 },
      nothing: null,
    }));
    expect(kinds(records)).toEqual({
      number: 'number',
      numeric: 'number',
      colour: 'category',
      flag: 'category',
      plot: 'tokens',
      name: 'tokens',
      tags: 'categories',
      embedding: 'vector',
      'released.hour': 'date',
      'released.weekday': 'date',
      'released.month': 'date',
    });
  });

  it('takes number lists of several lengths for bags', () => {
    expect(kinds([{ ids: [1, 2] }, { ids: [3] }])).toEqual({ ids: 'categories' });
  });

  it('keeps configured columns that no record has, all missing', () => {
    const vocabulary = fitFeatureVocabulary([], { a: { kind: 'category', minCount: 1 } });
    expect(vocabulary.encode([{ a: 'x' }, {}]).columns.a).toEqual({
      kind: 'categorical',
      size: 2,
      codes: Int32Array.of(1, 0),
    });
  });
});

describe('an item', () => {
  it('gives title tokens, categories and its image beside its attributes', () => {
    const item = { id: '1', title: 'Up', categories: ['Animation'], image: 'up.jpg', attributes: { year: 2009 } };
    const vocabulary = fitFeatureVocabulary([itemAttributes(item), itemAttributes(item)], {}, itemFieldEncodings);
    expect(vocabulary.columns).toEqual([
      { name: 'categories', kind: 'bag', encoding: 'categories', size: 3 },
      { name: 'image', kind: 'text', encoding: 'text' },
      { name: 'title', kind: 'bag', encoding: 'tokens', size: 3 },
      { name: 'year', kind: 'dense', encoding: 'number', width: 1 },
    ]);
  });
});
