import fc from 'fast-check';
import {
  type Attributes,
  concatFeatures,
  type FeatureRows,
  featureVocabularyFromJson,
  fitFeatureVocabulary,
  gatherFeatures,
  itemFieldEncodings,
  type Json,
} from 'recograph';
import { describe, expect, it } from 'vitest';

const scalar = fc.oneof(fc.string(), fc.double(), fc.integer(), fc.boolean(), fc.constant(null));
const value = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 4 }),
  fc.constantFrom('__proto__', 'constructor', 'toString', '2020-01-01', '2021-12-31T10:00:00Z'),
  fc.dictionary(fc.string(), scalar, { maxKeys: 2 }),
);
const name = fc.constantFrom('a', 'b', 'title', 'categories', '__proto__', 'constructor', 'x.hour');
const record = fc
  .array(fc.tuple(name, value), { maxLength: 6 })
  .map((entries): Attributes => Object.fromEntries(entries as [string, Json][]));
const records = fc.array(record, { maxLength: 12 });

const encodings = {
  a: { kind: 'number', scale: 'log' },
  b: { kind: 'category', minCount: 1 },
  both: { kind: 'cross', of: ['b', 'a'], size: 50 },
} as const;

describe('a feature vocabulary', () => {
  it('takes any JSON, keeps codes in their range and has the columns it describes', () => {
    fc.assert(
      fc.property(records, records, (train, test) => {
        const vocabulary = fitFeatureVocabulary(train, encodings, itemFieldEncodings);
        const rows = vocabulary.encode(test, new Map());
        expect(Object.keys(rows.columns).sort()).toEqual(vocabulary.columns.map(({ name }) => name).sort());
        for (const column of Object.values(rows.columns)) {
          if (column.kind === 'categorical' || column.kind === 'bag') {
            expect(column.codes.every((code) => code >= 0 && code < column.size)).toBe(true);
          }
          if (column.kind === 'dense') expect(column.values).not.toContain(Number.POSITIVE_INFINITY);
        }
      }),
    );
  });

  it('encodes a batch as its records one by one', () => {
    fc.assert(
      fc.property(records, fc.array(record, { minLength: 1, maxLength: 8 }), (train, test) => {
        const vocabulary = fitFeatureVocabulary(train, encodings);
        const whole = vocabulary.encode(test);
        expect(concatFeatures(test.map((one) => vocabulary.encode([one])))).toEqual(whole);
        const reversed = test.map((_, k) => test.length - 1 - k);
        expect(gatherFeatures(whole, reversed)).toEqual(vocabulary.encode([...test].reverse()));
      }),
    );
  });

  it('encodes alike after a round trip through JSON text', () => {
    fc.assert(
      fc.property(records, records, (train, test) => {
        const vocabulary = fitFeatureVocabulary(train, encodings);
        const restored = featureVocabularyFromJson(JSON.parse(JSON.stringify(vocabulary.toJson())));
        expect(restored.columns).toEqual(vocabulary.columns);
        expect(restored.encode(test)).toEqual(vocabulary.encode(test));
      }),
    );
  });

  it('encodes what its labels say to the same codes', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ minLength: 1 }))), (lists) => {
        const train = lists.map((tags) => ({ tags, first: tags[0] ?? null }));
        const vocabulary = fitFeatureVocabulary(train, {
          tags: { kind: 'categories', minCount: 1 },
          first: { kind: 'category', minCount: 1 },
        });
        const rows = vocabulary.encode(train);
        expect(vocabulary.encode(decode(rows, vocabulary))).toEqual(rows);
        expect(decode(rows, vocabulary)).toEqual(train);
      }),
    );
  });

  it('learns the same from records in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ c: fc.string(), t: fc.string() })), (train) => {
        const encodings = {
          c: { kind: 'category', minCount: 1 },
          t: { kind: 'tokens', minCount: 1, maxTokens: 5 },
        } as const;
        const forward = fitFeatureVocabulary(train, encodings);
        expect(fitFeatureVocabulary([...train].reverse(), encodings).toJson()).toEqual(forward.toJson());
      }),
    );
  });

  it('takes __proto__ for an ordinary field and value', () => {
    const train = JSON.parse('[{"__proto__": "x"}, {"c": "__proto__"}, {"c": "constructor"}]') as Attributes[];
    const vocabulary = fitFeatureVocabulary(train);
    expect(vocabulary.columns.map(({ name }) => name)).toEqual(['__proto__', 'c']);
    const rows = vocabulary.encode([...train, {}]);
    const codes = Object.entries(rows.columns).map(([, column]) => column.kind === 'categorical' && [...column.codes]);
    expect(codes).toEqual([
      [2, 0, 0, 0],
      [0, 2, 3, 0],
    ]);
    expect(Object.keys(gatherFeatures(rows, [0]).columns)).toEqual(['__proto__', 'c']);
  });

  it('refuses damaged state', () => {
    for (const json of [
      null,
      {},
      { version: 2, fields: [] },
      { version: 1, fields: [{ name: 'a', from: 'a', state: { kind: 'x' } }] },
    ]) {
      expect(() => featureVocabularyFromJson(json as Json)).toThrow(
        expect.objectContaining({ code: 'BUNDLE_INVALID' }),
      );
    }
  });
});

const decode = (rows: FeatureRows, vocabulary: ReturnType<typeof fitFeatureVocabulary>): Attributes[] => {
  const { tags, first } = rows.columns;
  if (tags?.kind !== 'bag' || first?.kind !== 'categorical') throw new Error('columns are missing');
  return Array.from({ length: rows.rows }, (_, r) => ({
    tags: Array.from(
      tags.codes.subarray(tags.offsets[r], tags.offsets[r + 1]),
      (code) => vocabulary.labels('tags')![code]!,
    ),
    first: first.codes[r] === 0 ? null : vocabulary.labels('first')![first.codes[r]!]!,
  }));
};
