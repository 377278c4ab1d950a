import { type FittedExtractor, fitFeatureVocabulary, type ItemRecord } from 'recograph';
import { beforeEach, expect, it } from 'vitest';
import { createItemContent } from '../../../core/serving/item-content.ts';
import type { Encoders } from '../../../core/training/encoders.ts';

const record = (id: string, plot: string | null): ItemRecord => ({ id, attributes: { plot } });
const trained = [record('a', 'one'), record('b', 'three'), record('c', null)];
const vocabulary = fitFeatureVocabulary(
  trained.map(({ attributes }) => attributes!),
  { plot: { kind: 'text' } },
);
const encoders = {
  items: (records: readonly (ItemRecord | undefined)[]) =>
    vocabulary.encode(records.map((item) => item?.attributes ?? {})),
} as unknown as Encoders;
let extracted: (string | null)[];
const length: FittedExtractor = {
  subject: 'item',
  width: 1,
  extract: async ({ rows, columns: { plot } }) => {
    const values = plot?.kind === 'text' ? plot.values : [];
    extracted.push(...values);
    return { rows, columns: 1, data: Float32Array.from(values, (text) => text?.length ?? Number.NaN) };
  },
  state: () => ({ json: null, tensors: {} }),
};
const content = () =>
  createItemContent(encoders, { length }, encoders.items(trained), {
    length: { rows: 3, columns: 1, data: Float32Array.of(3, 5, Number.NaN) },
  });
beforeEach(() => {
  extracted = [];
});

it('extracts nothing again of what the bundle was trained with', async () => {
  const { vectors } = await content()(trained.map((item) => ({ ...item })));
  expect(Array.from(vectors.length!.data)).toEqual([3, 5, Number.NaN]);
  expect(extracted).toEqual([]);
});

it('extracts a new item once, and a changed one alone', async () => {
  const of = content();
  const [a, b, c] = trained as [ItemRecord, ItemRecord, ItemRecord];
  const first = await of([a, b, c, record('d', 'seven'), record('e', 'eleven')]);
  expect(extracted).toEqual(['seven', 'eleven']);
  expect(Array.from(first.vectors.length!.data)).toEqual([3, 5, Number.NaN, 5, 6]);
  const changed = record('b', 'another');
  const { vectors, features } = await of([a, changed, c, record('d', 'seven'), record('e', 'eleven')]);
  expect(extracted).toEqual(['seven', 'eleven', 'another']);
  expect(Array.from(vectors.length!.data)).toEqual([3, 7, Number.NaN, 5, 6]);
  expect(features.columns.plot).toMatchObject({ values: ['one', 'another', null, 'seven', 'eleven'] });
  const back = await of([a, b, c]);
  expect(Array.from(back.vectors.length!.data)).toEqual([3, 5, Number.NaN]);
  expect(extracted).toHaveLength(3);
});

it('a deleted item keeps its row: nothing is listed by it', async () => {
  const { vectors, features } = await content()([trained[0], undefined, trained[2]]);
  expect(features.rows).toBe(3);
  expect(vectors.length!.rows).toBe(3);
  expect(extracted).toEqual([]);
});
