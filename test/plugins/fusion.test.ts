import { createRuntime, type FittedExtractor, type Inputs, type ItemExtractor, type OwnedRuntime } from 'recograph';
import { fusion } from 'recograph/plugins/fusion';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { catalogue } from '../support/catalogue.ts';
import { fitOptions, noInputs } from '../support/tiny.ts';

let runtime: OwnedRuntime;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
});
afterAll(() => runtime.dispose());

/** A feature that reads a numeric field, NaN where it is missing. */
const reads = (field: string): ItemExtractor => ({
  subject: 'item',
  width: 1,
  extract: async ({ rows, columns }) => {
    const column = columns[field]!;
    return {
      rows,
      columns: 1,
      data: column.kind === 'dense' ? column.values : new Float32Array(rows).fill(Number.NaN),
    };
  },
  state: () => ({ json: {}, tensors: {} }),
});
const inputsOf = (parts: Readonly<Record<string, FittedExtractor>>): Inputs => ({
  ...noInputs,
  vectors: (name) => parts[name]!,
});

/** sound and sight are 1 or -1, each missing now and then; the goal is their sum, a missing one counting as the other. */
const films = Array.from({ length: 60 }, (_, k) => {
  const [sound, sight] = [k % 2 === 0 ? 1 : -1, k % 3 === 0 ? 1 : -1];
  const known = { ...(k % 5 === 1 ? {} : { sound }), ...(k % 5 === 2 ? {} : { sight }) };
  return { ...known, goal: (known.sound ?? sight) + (known.sight ?? sound) };
});
const encodings = Object.fromEntries(
  ['sound', 'sight', 'goal'].map((name) => [name, { kind: 'number', scale: 'none' } as const]),
);
const made = () =>
  catalogue(
    films,
    1,
    films.map((_, k) => [0, k]),
    encodings,
  );
const parts = () => ({ ear: reads('sound'), eye: reads('sight'), goal: reads('goal') });
const settings = {
  of: ['ear', 'eye'],
  vectors: 'goal',
  shrinkage: 0,
  batchSize: 16,
  learningRate: 0.02,
  dropout: 0,
  epochs: 80,
};
const component = (changes: object) =>
  fusion.create(fusion.schema.parse({ ...settings, ...changes }) as never, { runtime } as never);

it.each([{ method: 'concatenation', hidden: [16] }, { method: 'gated' }, { method: 'late' }])(
  '$method: several features say more than one, and a missing one is left out',
  async (changes) => {
    const { data, encode } = made();
    const fitted = (await component(changes).fit(data, inputsOf(parts()), fitOptions())) as ItemExtractor;
    const asked = encode({ sound: 1, sight: 1 }, { sound: -1, sight: -1 }, { sound: 1 }, { sight: -1 }, {});
    const { data: vectors } = await fitted.extract(asked);
    expect(vectors[0]!).toBeGreaterThan(1);
    expect(vectors[1]!).toBeLessThan(-1);
    expect(vectors[2]!).toBeGreaterThan(0.4);
    expect(vectors[3]!).toBeLessThan(-0.4);
    expect(vectors[4]).toBeNaN();
    const restored = (await component(changes).restore(fitted.state(), inputsOf(parts()))) as ItemExtractor;
    expect((await restored.extract(asked)).data).toEqual(vectors);
  },
);

it('late: the mean of the opinions by a softmax over the parts that there are, by hand', async () => {
  const one = (...data: number[]) => ({ shape: [1, data.length], data: Float32Array.from(data) });
  const state = {
    json: { scales: [1, 2], width: 1 },
    tensors: {
      'part0/weights': one(10),
      'part0/bias': { shape: [1], data: Float32Array.of(0) },
      'part1/weights': one(1),
      'part1/bias': { shape: [1], data: Float32Array.of(1) },
      trust: one(Math.log(3), 0),
    },
  };
  const { encode } = made();
  const fitted = (await component({ method: 'late' }).restore(state, inputsOf(parts()))) as ItemExtractor;
  // opinions 10 * 1 and 2 * 0.5 + 1; weights 3/4 and 1/4
  const { data } = await fitted.extract(encode({ sound: 1, sight: 0.5 }, { sight: 0.5 }));
  expect(data[0]).toBeCloseTo(8, 4);
  expect(data[1]).toBeCloseTo(2, 4);
});

it('refuses what is no feature of items', async () => {
  const user = { subject: 'user', width: 1 } as unknown as FittedExtractor;
  const fitting = component({}).fit(made().data, inputsOf({ ...parts(), eye: user }), fitOptions());
  await expect(fitting).rejects.toThrow(/"eye" is none/);
});
