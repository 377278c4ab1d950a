import type { Attributes, ItemExtractor, Matrix } from 'recograph';
import { content } from 'recograph/plugins/content';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../support/catalogue.ts';
import { fitOptions, noInputs } from '../support/tiny.ts';

const extractor = (config: object) => content.create(content.schema.parse(config) as never, {} as never);
const learn = async (items: readonly Attributes[], config: object) => {
  const made = catalogue(items, 1, []);
  const fitted = (await extractor(config).fit(made.data, noInputs, fitOptions())) as ItemExtractor;
  return { ...made, fitted };
};
const row = (matrix: Matrix, r: number) => [...matrix.data.subarray(r * matrix.columns, (r + 1) * matrix.columns)];
const tagged = (...tags: string[]): Attributes => ({ categories: tags });

describe('tf-idf', () => {
  // 3 items; df: a 2, b 1, c 1. idf: a = ln(4/3) + 1 = 1.2877, b = c = ln(4/2) + 1 = 1.6931.
  const items = [tagged('a', 'b'), tagged('a'), tagged('c', 'c')];

  it('weighs (1 + ln tf) by the smoothed idf, to unit length', async () => {
    const { fitted, encode } = await learn(items, { fields: ['categories'], minCount: 1 });
    // Codes by number of occurrences: a, c, b.
    const [a, , b] = row(await fitted.extract(encode(tagged('b', 'a'))), 0);
    expect(fitted.width).toBe(3);
    expect(a).toBeCloseTo(1.2877 / Math.hypot(1.2877, 1.6931), 4);
    expect(b).toBeCloseTo(1.6931 / Math.hypot(1.2877, 1.6931), 4);
    // c twice: (1 + ln 2) 1.6931 = 2.8667 beside a once: 1.2877.
    const twice = row(await fitted.extract(encode(tagged('c', 'a', 'c'))), 0);
    expect(Math.max(...twice)).toBeCloseTo(2.8667 / Math.hypot(2.8667, 1.2877), 4);
  });

  it('leaves out rare terms, and gives no vector to an item without known ones', async () => {
    const { fitted, encode } = await learn(items, { fields: ['categories'], minCount: 2 });
    expect(fitted.width).toBe(1);
    expect(row(await fitted.extract(encode(tagged('a', 'b'))), 0)).toEqual([1]);
    expect((await fitted.extract(encode(tagged('b'), tagged('new'), {}))).data).toEqual(
      new Float32Array(3).fill(Number.NaN),
    );
  });

  it('reads words of raw text as well', async () => {
    const made = catalogue([{ plot: 'Robots, robots!' }, { plot: 'Love' }], 1, [], { plot: { kind: 'text' } });
    const fitted = (await extractor({ fields: ['plot'], minCount: 1 }).fit(
      made.data,
      noInputs,
      fitOptions(),
    )) as ItemExtractor;
    expect(fitted.labels).toEqual(['plot[love]', 'plot[robots]']);
    expect(row(await fitted.extract(made.encode({ plot: 'ROBOTS in space' })), 0)).toEqual([0, 1]);
  });

  it('refuses a column of numbers', async () => {
    await expect(learn([{ price: 1 }], { fields: ['price'] })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('latent semantic analysis', () => {
  it('keeps the directions with the largest singular values', async () => {
    // Items of one category each: A'A is diagonal with the categories' counts 4, 3, 2.
    const items = [...'aaaabbbcc'].map((tag) => tagged(tag));
    const { fitted, encode } = await learn(items, { fields: ['categories'], minCount: 1, dimensions: 2 });
    const vectors = await fitted.extract(encode(tagged('a'), tagged('b'), tagged('c')));
    expect(fitted.width).toBe(2);
    expect(row(vectors, 0)[0]).toBeCloseTo(1, 5);
    expect(row(vectors, 1)[1]).toBeCloseTo(1, 5);
    expect(row(vectors, 2)).toEqual([Number.NaN, Number.NaN]);
  });

  it('brings items together that share no word but words of the same topic', async () => {
    const topics = ['alien robot', 'robot laser', 'laser alien', 'kiss wedding', 'wedding tears', 'tears kiss'];
    const items = topics.map((words) => tagged(...words.split(' ')));
    const { fitted, encode } = await learn(items, { fields: ['categories'], minCount: 1, dimensions: 2 });
    const vectors = await fitted.extract(encode(tagged('alien'), tagged('laser'), tagged('kiss')));
    const cosine = (p: number, q: number) => row(vectors, p).reduce((sum, x, d) => sum + x * row(vectors, q)[d]!, 0);
    expect(cosine(0, 1)).toBeCloseTo(1, 4);
    expect(cosine(0, 2)).toBeCloseTo(0, 4);
  });

  it('is no wider than the rank of the data', async () => {
    const items = [tagged('a', 'b', 'c'), tagged('a', 'b', 'c'), tagged('d', 'e', 'f')];
    const { fitted } = await learn(items, { fields: ['categories'], minCount: 1, dimensions: 4 });
    expect(fitted.width).toBe(2);
  });
});

describe('an extractor', () => {
  const items = Array.from({ length: 40 }, (_, k) => tagged(`a${k % 7}`, `b${k % 5}`, `c${k % 3}`));

  it('gives the same from the same seed, from a batch as from single items, and restored', async () => {
    for (const config of [{ dimensions: 6 }, { dimensions: 128 }]) {
      const { fitted, data, encode } = await learn(items, config);
      const again = (await extractor(config).fit(data, noInputs, fitOptions())) as ItemExtractor;
      const restored = (await extractor(config).restore(fitted.state(), noInputs)) as ItemExtractor;
      const all = await fitted.extract(data.itemFeatures);
      expect(await again.extract(data.itemFeatures)).toEqual(all);
      expect(await restored.extract(data.itemFeatures)).toEqual(all);
      expect(restored.width).toBe(fitted.width);
      expect(row(await fitted.extract(encode(items[9]!)), 0)).toEqual(row(all, 9));
      for (let r = 0; r < all.rows; r++) expect(Math.hypot(...row(all, r))).toBeCloseTo(1, 5);
    }
  });

  it('has no vectors where the data has no such field', async () => {
    const { fitted, data } = await learn([{}, {}], {});
    expect([...(await fitted.extract(data.itemFeatures)).data]).toEqual([Number.NaN, Number.NaN]);
  });

  it('stops when cancelled', async () => {
    const { data } = catalogue(items, 1, []);
    const options = fitOptions({ signal: AbortSignal.abort() });
    await expect(extractor({}).fit(data, noInputs, options)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
