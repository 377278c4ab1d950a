import type { Inputs, ItemExtractor } from 'recograph';
import { queriesOf } from 'recograph';
import { createKernels } from 'recograph/math';
import { contentBased } from 'recograph/plugins/content-based';
import { afterAll, describe, expect, it } from 'vitest';
import { catalogue } from '../support/catalogue.ts';
import { fitOptions, itemSet, noInputs, stranger } from '../support/tiny.ts';

const kernels = createKernels({ threads: 1 });
afterAll(() => kernels.dispose());

/** Extracts the dense field `v` as it is. */
const extractor: ItemExtractor = {
  subject: 'item',
  width: 2,
  extract: async ({ rows, columns: { v } }) => ({
    rows,
    columns: 2,
    data: v?.kind === 'dense' ? v.values : new Float32Array(rows * 2).fill(Number.NaN),
  }),
  state: () => ({ json: {}, tensors: {} }),
};
const inputs: Inputs = { ...noInputs, vectors: () => extractor };
const model = (config: object = {}) =>
  contentBased.create(contentBased.schema.parse({ vectors: 'v', ...config }) as never, { kernels } as never);

// Items 0 east, 1 north (long), 2 without a vector, 3 north-east.
const items = [{ v: [1, 0] }, { v: [0, 5] }, {}, { v: [1, 1] }];
const { data, encode } = catalogue(items, 2, [
  [0, 0],
  [0, 1],
  [1, 1, 0],
  [1, 2],
]);
const learn = (config?: object) => model(config).fit(data, inputs, fitOptions());
const scores = async (fitted: Awaited<ReturnType<typeof learn>>, queries = stranger(0, 1)) =>
  [...(await fitted.score(queries, itemSet(0, 1, 2, 3)))].map((score) => Math.round(score * 100) / 100);

describe('content-based', () => {
  it('scores by the cosine with the mean of unit vectors', async () => {
    expect(await scores(await learn())).toEqual([0.71, 0.71, Number.NaN, 1]);
    expect(await scores(await learn(), stranger(0))).toEqual([1, 0, Number.NaN, 0.71]);
  });

  it('halves the older event where the half-life is a day', async () => {
    // Profile (1/2, 1): cosines 1/2 / sqrt(5/4), 1 / sqrt(5/4), 3/2 / sqrt(5/4) / sqrt 2.
    expect(await scores(await learn({ halfLifeDays: 1 }))).toEqual([0.45, 0.89, Number.NaN, 0.95]);
  });

  it('has no score without a history that counts', async () => {
    // User 1 saw item 1 with weight 0, and liked item 2, which has no vector.
    const fitted = await learn();
    expect(await scores(fitted, queriesOf(data, Int32Array.of(1)))).toEqual(Array(4).fill(Number.NaN));
    expect(await scores(fitted, stranger())).toEqual(Array(4).fill(Number.NaN));
  });

  it('scores items behind the vocabulary from their features, and passes over them in histories', async () => {
    const fitted = await learn();
    const set = { kind: 'shared', indices: Int32Array.of(9, 0, 5), features: encode({ v: [0, 2] }, {}, {}) } as const;
    expect([...(await fitted.score(stranger(1), set))]).toEqual([1, 0, Number.NaN]);
    expect(await scores(fitted, stranger(0, 7))).toEqual(await scores(fitted, stranger(0)));
    expect(fitted.capabilities.coldItems).toBe(true);
  });

  it('gives a batch the scores of its queries one by one, shared or ragged', async () => {
    const fitted = await learn({ halfLifeDays: 3 });
    const both = await fitted.score(queriesOf(data, Int32Array.of(0, 1)), itemSet(3, 0));
    const first = await fitted.score(queriesOf(data, Int32Array.of(0)), itemSet(3, 0));
    const second = await fitted.score(queriesOf(data, Int32Array.of(1)), itemSet(3, 0));
    expect([...both]).toEqual([...first, ...second]);
    const ragged = { ...itemSet(3, 0, 3, 0), kind: 'ragged', offsets: Uint32Array.of(0, 2, 4) } as const;
    expect(await fitted.score(queriesOf(data, Int32Array.of(0, 1)), ragged)).toEqual(both);
  });

  it('restores what it saved, and gives unit vectors of items and users', async () => {
    const fitted = await learn();
    const restored = await model().restore(fitted.state(), inputs);
    expect(await restored.score(stranger(0, 1), itemSet(0, 1, 2, 3))).toEqual(
      await fitted.score(stranger(0, 1), itemSet(0, 1, 2, 3)),
    );
    expect([...fitted.itemVectors!().data.subarray(0, 4)]).toEqual([1, 0, 0, 1]);
    expect([...(await fitted.userVectors!(stranger(1))).data]).toEqual([0, 1]);
  });

  it("takes a model's item vectors, then without cold items and with nothing to keep", async () => {
    const source = { ...(await learn()), state: () => ({ json: {}, tensors: {} }) };
    const fromModel: Inputs = { ...noInputs, vectors: () => source };
    const fitted = await model().fit(data, fromModel, fitOptions());
    expect(fitted.capabilities.coldItems).toBe(false);
    expect(fitted.state().tensors).toEqual({});
    const restored = await model().restore(fitted.state(), fromModel);
    expect(await scores(restored)).toEqual(await scores(await learn()));
  });

  it('refuses vectors of users', async () => {
    const user = { ...extractor, subject: 'user' } as never;
    const fit = model().fit(data, { ...noInputs, vectors: () => user }, fitOptions());
    await expect(fit).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
