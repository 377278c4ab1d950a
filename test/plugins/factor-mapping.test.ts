import type { FittedModel, Inputs, ItemExtractor, Matrix } from 'recograph';
import { queriesOf } from 'recograph';
import { createKernels, createRng } from 'recograph/math';
import { factorMapping } from 'recograph/plugins/factor-mapping';
import { afterAll, describe, expect, it } from 'vitest';
import { catalogue } from '../support/catalogue.ts';
import { fitOptions, itemSet, noInputs, stranger } from '../support/tiny.ts';

const kernels = createKernels({ threads: 1 });
afterAll(() => kernels.dispose());

const extractor = (width: number): ItemExtractor => ({
  subject: 'item',
  width,
  extract: async ({ rows, columns: { v } }) => ({
    rows,
    columns: width,
    data: v?.kind === 'dense' ? v.values : new Float32Array(rows * width).fill(Number.NaN),
  }),
  state: () => ({ json: {}, tensors: {} }),
});

/** Users' vectors are the sums of their items' factors. */
const factorModel = (factors: Matrix): FittedModel => ({
  capabilities: {
    feedback: ['implicit'],
    coldUsers: ['history'],
    coldItems: false,
    sequential: false,
    context: false,
    calibrated: 'value',
  },
  score: async () => new Float32Array(0),
  itemVectors: () => factors,
  userVectors: async ({ size, histories }) => {
    const data = new Float32Array(size * factors.columns);
    for (let q = 0; q < size; q++) {
      for (let k = histories.offsets[q]!; k < histories.offsets[q + 1]!; k++) {
        for (let c = 0; c < factors.columns; c++) {
          data[q * factors.columns + c]! += factors.data[histories.items[k]! * factors.columns + c]!;
        }
      }
    }
    return { rows: size, columns: factors.columns, data };
  },
  state: () => ({ json: {}, tensors: {} }),
});

const model = (config: object = {}) =>
  factorMapping.create(
    factorMapping.schema.parse({ model: 'm', vectors: 'v', ...config }) as never,
    { kernels } as never,
  );
const inputsOf = (factors: Matrix, width: number): Inputs => ({
  ...noInputs,
  model: () => factorModel(factors),
  vectors: () => extractor(width),
});

describe('the mapping', () => {
  it('is weighted ridge regression: three items, one number, worked out by hand', async () => {
    // x = 0, 1, 2; v = 1, 2, 9; item 2 has no positive and does not count. Items 0 and 1 weigh 1 (no shrinkage).
    // With intercept b and slope w: minimise (1 - b)^2 + (2 - w - b)^2 + w^2 -> w = 1/3, b = 4/3.
    const { data, encode } = catalogue([{ v: [0] }, { v: [1] }, { v: [2] }], 1, [
      [0, 0],
      [0, 1],
      [0, 2, 0],
    ]);
    const factors = { rows: 3, columns: 1, data: Float32Array.of(1, 2, 9) };
    const fitted = await model({ shrinkage: 0 }).fit(data, inputsOf(factors, 1), fitOptions());
    const mapped = [...fitted.itemVectors!().data];
    expect(mapped[0]).toBeCloseTo(4 / 3, 6);
    expect(mapped[1]).toBeCloseTo(5 / 3, 6);
    expect(mapped[2]).toBeCloseTo(2, 6);
    // A new item with x = 4 maps to 8/3; the stranger's vector is v(0) + v(1) = 3.
    const set = { kind: 'shared', indices: Int32Array.of(3, 0), features: encode({ v: [4] }, {}) } as const;
    const scores = await fitted.score(stranger(0, 1), set);
    expect(scores[0]).toBeCloseTo(8, 5);
    expect(scores[1]).toBeCloseTo(4, 5);
  });

  it('leaves each known item out of its own mapping where asked to, as fitting without it would', async () => {
    const rng = createRng(5);
    const rows = Array.from({ length: 9 }, () => ({ v: [rng.normal(), rng.normal()] }));
    const events = rows.flatMap((_, item) => [...Array(1 + (item % 3)).keys()].map((user) => [user, item]));
    const factors = { rows: 9, columns: 2, data: Float32Array.from({ length: 18 }, () => rng.normal()) };
    const mappedWith = async (kept: readonly (readonly number[])[], leaveOneOut: boolean) => {
      const { data } = catalogue(rows, 3, kept);
      const fitted = await model({ leaveOneOut }).fit(data, inputsOf(factors, 2), fitOptions());
      const restored = await model({ leaveOneOut }).restore(fitted.state(), inputsOf(factors, 2));
      expect(restored.itemVectors!()).toEqual(fitted.itemVectors!());
      return fitted.itemVectors!().data;
    };
    const found = await mappedWith(events, true);
    for (const item of rows.keys()) {
      const without = await mappedWith(
        events.filter(([, other]) => other !== item),
        false,
      );
      for (const c of [0, 1]) expect(found[item * 2 + c]).toBeCloseTo(without[item * 2 + c]!, 4);
    }
  });

  it('is the mean of the mappings of several vectors, of those that an item has', async () => {
    // Shrinkage 0, penalty 1, x = 0, 1: v = 1, 2 from the first maps to 4/3, 5/3, and a new 4 to 8/3 (above); the second says
    // nothing of item 1, and maps item 0 to its intercept, v(0) = 1, whatever it says.
    const { data, encode } = catalogue([{ v: [0], w: [3] }, { v: [1] }], 1, [
      [0, 0],
      [0, 1],
    ]);
    const named = (name: string): ItemExtractor => ({
      ...extractor(1),
      extract: async ({ rows, columns }) => ({
        rows,
        columns: 1,
        data: columns[name]?.kind === 'dense' ? columns[name].values : new Float32Array(rows).fill(Number.NaN),
      }),
    });
    const factors = { rows: 2, columns: 1, data: Float32Array.of(1, 2) };
    const inputs = { ...inputsOf(factors, 1), vectors: named };
    const both = model({ vectors: ['v', 'w'], shrinkage: 0 });
    const fitted = await both.fit(data, inputs, fitOptions());
    const restored = await both.restore(structuredClone(fitted.state()), inputs);
    for (const one of [fitted, restored]) {
      const mapped = one.itemVectors!().data;
      expect(mapped[0]).toBeCloseTo((4 / 3 + 1) / 2, 6);
      expect(mapped[1]).toBeCloseTo(5 / 3, 6);
      // The stranger's vector is v(0) = 1.
      const set = { kind: 'shared', indices: Int32Array.of(2), features: encode({ v: [4] }) } as const;
      expect((await one.score(stranger(0), set))[0]).toBeCloseTo(8 / 3, 5);
    }
  });

  it('weighs items by n / (n + shrinkage)', async () => {
    // x is 0 everywhere, so the mapping is its intercept: the weighted mean of v. Weights 2 / 4 and 6 / 8.
    const events = [...Array(8).keys()].map((u) => [u, u < 2 ? 0 : 1]);
    const { data } = catalogue([{ v: [0] }, { v: [0] }], 8, events);
    const factors = { rows: 2, columns: 1, data: Float32Array.of(0, 10) };
    const fitted = await model({ shrinkage: 2 }).fit(data, inputsOf(factors, 1), fitOptions());
    expect(fitted.itemVectors!().data[0]).toBeCloseTo((10 * 0.75) / (0.5 + 0.75), 5);
  });

  it('recovers factors that are linear in the vectors, for items it never saw', async () => {
    const rng = createRng(3);
    const truth = Array.from({ length: 8 }, () => rng.normal());
    const factorsOf = (x: readonly number[]) =>
      [0, 1].map((c) => truth[6 + c]! + x.reduce((sum, value, d) => sum + value * truth[d * 2 + c]!, 0));
    const vectors = Array.from({ length: 60 }, () => Array.from({ length: 3 }, () => rng.normal()));
    const events = vectors.map((_, item) => [0, item]);
    const { data, encode } = catalogue(
      vectors.map((v) => ({ v })),
      1,
      events,
    );
    const factors = { rows: 60, columns: 2, data: Float32Array.from(vectors.flatMap(factorsOf)) };
    const fitted = await model({ regularization: 1e-6 }).fit(data, inputsOf(factors, 3), fitOptions());
    const user = [...factors.data.subarray(0, 2)];
    const fresh = [0.3, -2, 1];
    const set = { kind: 'shared', indices: Int32Array.of(60), features: encode({ v: fresh }) } as const;
    const expected = factorsOf(fresh).reduce((sum, f, c) => sum + f * user[c]!, 0);
    expect((await fitted.score(stranger(0), set))[0]).toBeCloseTo(expected, 3);
  });
});

describe('factor-mapping', () => {
  const { data } = catalogue([{ v: [1, 0] }, { v: [0, 1] }, {}], 2, [
    [0, 0],
    [0, 1],
    [1, 1],
  ]);
  const inputs = inputsOf({ rows: 3, columns: 2, data: Float32Array.of(1, 2, 3, 4, 5, 6) }, 2);

  it('cannot score an item without a vector', async () => {
    const fitted = await model().fit(data, inputs, fitOptions());
    const scores = await fitted.score(stranger(0), itemSet(0, 2, 7));
    expect([...scores].map(Number.isNaN)).toEqual([false, true, true]);
  });

  it('hides items behind the vocabulary from the model it maps', async () => {
    const fitted = await model().fit(data, inputs, fitOptions());
    const scores = await fitted.score(stranger(0, 9, 1), itemSet(0, 1));
    expect(scores).toEqual(await fitted.score(stranger(0, 1), itemSet(0, 1)));
    expect(fitted.capabilities).toMatchObject({ coldItems: true, coldUsers: ['history'], calibrated: 'none' });
  });

  it('restores what it saved, and gives a batch the scores of its queries', async () => {
    const fitted = await model().fit(data, inputs, fitOptions());
    const restored = await model().restore(fitted.state(), inputs);
    const both = await restored.score(queriesOf(data, Int32Array.of(0, 1)), itemSet(1, 0));
    const single = await Promise.all(
      [0, 1].map((user) => fitted.score(queriesOf(data, Int32Array.of(user)), itemSet(1, 0))),
    );
    expect([...both]).toEqual(single.flatMap((scores) => [...scores]));
  });

  it('scores nothing where there was nothing to learn from', async () => {
    const empty = catalogue([{ v: [1, 0] }], 1, []);
    const fitted = await model().fit(empty.data, inputs, fitOptions());
    expect(await fitted.score(stranger(0), itemSet(0))).toEqual(Float32Array.of(Number.NaN));
  });

  it('refuses a model without factors', async () => {
    const { itemVectors: _, ...without } = factorModel({ rows: 0, columns: 0, data: new Float32Array(0) });
    const fit = model().fit(data, { ...inputs, model: () => without }, fitOptions());
    await expect(fit).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
