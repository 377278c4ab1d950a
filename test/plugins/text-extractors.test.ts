import { type ComponentState, createRuntime, type Inputs, type ItemExtractor, type OwnedRuntime } from 'recograph';
import { textCnn } from 'recograph/plugins/text-cnn';
import { textRnn } from 'recograph/plugins/text-rnn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../support/catalogue.ts';
import { fitOptions, noInputs } from '../support/tiny.ts';

let runtime: OwnedRuntime;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
});
afterAll(() => runtime.dispose());

type Component = typeof textCnn | typeof textRnn;
const extractor = (component: Component, config: object) =>
  component.create(component.schema.parse(config) as never, { runtime } as never);
const texts = (...plots: readonly string[]) =>
  catalogue(
    plots.map((plot) => ({ plot })),
    1,
    [],
    { plot: { kind: 'text' } },
  );
const tensor = (...data: number[]) => ({ data: Float32Array.from(data), shape: [data.length] });
const matrix = (rows: number, ...data: number[]) => ({
  data: Float32Array.from(data),
  shape: [rows, data.length / rows],
});
/** Knows the words a (vector 1) and b (vector 2); gives one number. */
const words = {
  json: { tokens: { fields: ['plot'], terms: [[0, 'a', 1], [0, 'b', 1]] }, width: 1 }, // biome-ignore format: one vocabulary
  words: matrix(2, 1, 2),
};
const restored = async (component: Component, config: object, tensors: Record<string, object>) =>
  (await extractor(component, config).restore(
    { json: words.json, tensors: { words: words.words, ...tensors } } as never,
    noInputs,
  )) as ItemExtractor;

/** What the length of a text of n known tokens adds, seen with a weight of 1. */
const extent = (tokens: number) => Math.log(1 + tokens) / 5;

it('text-cnn: filters over neighbours, the largest and the mean of each, beside the gist and the length', async () => {
  const fitted = await restored(
    textCnn,
    { vectors: 'x', fields: ['plot'], embedding: 1, filters: 1, kernels: [2] },
    {
      'convolution2/weights': matrix(2, 1, -1),
      'convolution2/bias': tensor(0),
      'output/weights': matrix(5, 1, 1, 0, 10, 100),
      'output/bias': tensor(0.25),
    },
  );
  // "a b": the filter sees (1, 2) -> 0 and (2, 0) -> 2: largest 2, mean 1. "b": (2, 0) -> 2; 2; 2. The gist, one number, is
  // half as long as the root of its width: .5. Unknown words are as if they were not there; a text without any known one
  // has no vector
  const { data } = await fitted.extract(texts('A b', 'b', 'a zzz b', 'zzz').data.itemFeatures);
  const expected = [2, 1, 2].map((tokens, k) => 0.25 + 0.5 + extent(tokens) + [120, 220, 120][k]!);
  expected.forEach((value, k) => {
    expect(data[k]).toBeCloseTo(value, 3);
  });
  expect(data[3]).toBeNaN();
});

it('text-rnn: the last state or the mean of the states, beside the gist and the length', async () => {
  const tensors = {
    'recurrent/input/weights': matrix(1, 0.5),
    'recurrent/input/bias': tensor(0),
    'recurrent/recurrent/weights': matrix(1, 1),
    'recurrent/recurrent/bias': tensor(0),
    'output/weights': matrix(4, 1, 1, 0, 10),
    'output/bias': tensor(0),
  };
  const config = { vectors: 'x', fields: ['plot'], cell: 'simple', embedding: 1, units: 1 };
  const first = Math.tanh(0.5);
  const second = Math.tanh(1 + first);
  const items = texts('a b', 'a').data.itemFeatures;
  const last = await restored(textRnn, { ...config, pooling: 'last' }, tensors);
  const mean = await restored(textRnn, { ...config, pooling: 'average' }, tensors);
  const [both, one] = (await last.extract(items)).data;
  expect(both).toBeCloseTo(0.5 + extent(2) + 10 * second, 4);
  expect(one).toBeCloseTo(0.5 + extent(1) + 10 * first, 4);
  expect((await mean.extract(items)).data[0]).toBeCloseTo(0.5 + extent(2) + 5 * (first + second), 4);
});

it('the gist sums tokens by tf-idf', async () => {
  // idf 1 and 3; "a a b": a weighs 1 + ln 2 = 1.693 over two places, b 3; (1.693 (1, 0) + 3 (0, 1)) / its length, sqrt(2) / 2 long
  const fitted = (await extractor(textCnn, {
    vectors: 'x',
    fields: ['plot'],
    embedding: 2,
    filters: 1,
    kernels: [1],
  }).restore(
    {
      json: { tokens: { fields: ['plot'], terms: [[0, 'a', 1], [0, 'b', 3]] }, width: 1 }, // biome-ignore format: one vocabulary
      tensors: {
        words: matrix(2, 1, 0, 0, 1),
        'convolution1/weights': matrix(2, 0, 0),
        'convolution1/bias': tensor(0),
        'output/weights': matrix(6, 1, 10, 0, 0, 0, 0),
        'output/bias': tensor(0),
      },
    } as never,
    noInputs,
  )) as ItemExtractor;
  const a = 1 + Math.LN2;
  const { data } = await fitted.extract(texts('a a b').data.itemFeatures);
  expect(data[0]).toBeCloseTo(((a + 30) / Math.hypot(a, 3)) * Math.SQRT1_2, 4);
});

describe.each([
  ['text-cnn', textCnn],
  ['text-rnn', textRnn],
] as const)('%s', (_, component) => {
  const small = {
    fields: ['plot'],
    minCount: 1,
    embedding: 8,
    batchSize: 8,
    learningRate: 0.02,
    dropout: 0,
    tokenDropout: 0,
  };
  /** Half of the plots are of the sea, half of space; in between stands what says nothing. */
  const plots = Array.from({ length: 40 }, (_, k) => {
    const filler = ['once', 'there', 'was', 'somebody'].slice(k % 4).join(' ');
    return k % 2 === 0 ? `${filler} at sea` : `${filler} in space`;
  });
  const made = () =>
    catalogue(
      plots.map((plot, k) => ({ plot, genre: k % 2 === 0 ? 'sailors' : 'rockets' })),
      2,
      plots.map((_, k) => [k % 2, k]),
      { plot: { kind: 'text' }, genre: { kind: 'category', minCount: 1 } },
    );
  const towards = (rows: number): Inputs => ({
    ...noInputs,
    vectors: () => ({
      subject: 'item',
      width: 2,
      extract: async () => ({
        rows,
        columns: 2,
        data: Float32Array.from({ length: rows * 2 }, (_, k) => (((k >> 1) + k) % 2 === 0 ? 3 : -1)),
      }),
      state: () => ({ json: {}, tensors: {} }),
    }),
  });

  it('gives an item it never saw the factors of those with like words', async () => {
    const { data, encode } = made();
    const fit = extractor(component, { ...small, vectors: 'taste', shrinkage: 0, epochs: 40 }).fit;
    const fitted = (await fit(data, towards(plots.length), fitOptions())) as ItemExtractor;
    const { data: vectors } = await fitted.extract(
      encode({ plot: 'somebody else at sea' }, { plot: 'there in space' }),
    );
    [3, -1, -1, 3].forEach((factor, k) => {
      expect(Math.abs(vectors[k]! - factor)).toBeLessThan(1.2);
    });
  });

  it('tells labels apart where it is trained towards tags', async () => {
    const { data, encode } = made();
    const fit = extractor(component, { ...small, tags: 'genre', dimensions: 4, epochs: 20 }).fit;
    const fitted = (await fit(data, noInputs, fitOptions())) as ItemExtractor;
    const { data: vectors } = await fitted.extract(
      encode({ plot: 'at sea' }, { plot: 'was at sea' }, { plot: 'in space' }),
    );
    const apart = (a: number, b: number) =>
      Math.hypot(...[0, 1, 2, 3].map((k) => vectors[a * 4 + k]! - vectors[b * 4 + k]!));
    expect(apart(0, 2)).toBeGreaterThan(2 * apart(0, 1));
  });

  it('refuses to train towards nothing, and towards numbers as labels', async () => {
    const { data } = made();
    await expect(extractor(component, small).fit(data, noInputs, fitOptions())).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
    const tagged = extractor(component, { ...small, tags: 'plot' }).fit(data, noInputs, fitOptions());
    await expect(tagged).rejects.toThrow(/tags names "plot", which is a column of kind text/);
  });
});

describe.each([
  ['text-cnn', textCnn],
  ['text-rnn', textRnn],
] as const)('%s in folds', (_, component) => {
  // Each plot has a word of its own, and a goal that nothing but this word tells.
  const count = 24;
  const plots = Array.from({ length: count }, (_, k) => `only${k} other words`);
  const goals = Float32Array.from({ length: count }, (_, k) => ((k * 7) % 5 < 2 ? 2 : -2));
  const { data } = catalogue(
    plots.map((plot) => ({ plot })),
    1,
    plots.map((_, k) => [0, k]),
    { plot: { kind: 'text' } },
  );
  const towards: Inputs = {
    ...noInputs,
    vectors: () => ({
      subject: 'item',
      width: 1,
      extract: async () => ({ rows: count, columns: 1, data: goals }),
      state: () => ({ json: {}, tensors: {} }),
    }),
  };
  const settings = {
    ...{ vectors: 'taste', fields: ['plot'], minCount: 1, embedding: 8, shrinkage: 0, dropout: 0, tokenDropout: 0 },
    ...{ batchSize: 8, learningRate: 0.03, epochs: 60 },
  };
  const made = (config: object = {}) => extractor(component, { ...settings, ...config });
  const fit = async (config: object, options = fitOptions()) =>
    (await made(config).fit(data, towards, options)) as ItemExtractor;
  const error = async (fitted: ItemExtractor) => {
    const found = (await fitted.extract(data.itemFeatures)).data;
    return found.reduce((sum, value, k) => sum + (value - goals[k]!) ** 2, 0) / count;
  };
  const spread = 4 - (goals.reduce((sum, goal) => sum + goal, 0) / count) ** 2;

  it('reads no item by a network that has learned it by heart', async () => {
    expect(await error(await fit({}))).toBeLessThan(0.1 * spread);
    expect(await error(await fit({ folds: 4 }))).toBeGreaterThan(0.9 * spread);
  });

  it.each([false, true])('restores what it saved, and goes on where it was stopped: static %s', async (isStatic) => {
    const short = { folds: 3, epochs: 2, static: isStatic };
    const fitted = await fit(short);
    const vectors = await fitted.extract(data.itemFeatures);
    const restored = (await made(short).restore(structuredClone(fitted.state()), towards)) as ItemExtractor;
    expect(await restored.extract(data.itemFeatures)).toEqual(vectors);
    // Stopped after the first epoch of the second network.
    let saved: ComponentState | undefined;
    let saves = 0;
    const stop = new AbortController();
    const checkpoint = {
      load: async () => saved,
      save: async (state: ComponentState) => {
        saved = structuredClone(state);
        if (++saves === 3) stop.abort();
      },
    };
    await expect(fit(short, fitOptions({ checkpoint, signal: stop.signal }))).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    const epochs: number[] = [];
    const resumed = await fit(short, fitOptions({ checkpoint, report: ({ epoch }) => epochs.push(epoch) }));
    expect(resumed.state()).toEqual(fitted.state());
    expect([Math.min(...epochs), Math.max(...epochs)]).toEqual([4, 6]);
  });

  it('needs vectors that all networks learn towards', async () => {
    const alone = extractor(component, { tags: 'plot', fields: ['plot'], folds: 2 }).fit(data, noInputs, fitOptions());
    await expect(alone).rejects.toMatchObject({ code: 'CONFIG_INVALID', at: 'folds' });
  });
});

it.each([textCnn, textRnn])(
  '$type: static token vectors stay what the texts made them; the rest learns',
  async (component) => {
    const items = catalogue(
      Array.from({ length: 12 }, (_, k) => ({
        plot: k % 2 === 0 ? 'space ship war' : 'love letter spring',
        genre: `${k % 2}`,
      })),
      1,
      [],
      { plot: { kind: 'text' }, genre: { kind: 'categories', minCount: 1 } },
    ).data;
    const trained = async (epochs: number, isStatic: boolean) => {
      const config = { tags: 'genre', fields: ['plot'], embedding: 4, epochs, static: isStatic, learningRate: 0.01 };
      const fitted = (await extractor(component, config).fit(items, noInputs, fitOptions())) as ItemExtractor;
      const { tensors } = fitted.state();
      return { words: [...tensors.words!.data], output: [...tensors['output/weights']!.data] };
    };
    const [short, long, moving] = [await trained(1, true), await trained(4, true), await trained(4, false)];
    expect(long.words).toEqual(short.words);
    expect(long.output).not.toEqual(short.output);
    expect(moving.words).not.toEqual(short.words);
  },
);
