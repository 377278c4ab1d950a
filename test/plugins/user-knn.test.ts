import fc from 'fast-check';
import { queriesOf } from 'recograph';
import { createKernels } from 'recograph/math';
import { userKnn } from 'recograph/plugins/user-knn';
import { afterAll, expect, it } from 'vitest';
import { movies } from '../support/movies.ts';
import { denseSimilarity } from '../support/similarity.ts';
import { fitOptions, itemSet, noInputs, noLimits, stranger, tiny } from '../support/tiny.ts';

/** u0: 0 1, u1: 0 1 2, u2: 1 2, u3: 3. */
const rows = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
  [1, 2],
  [2, 1],
  [2, 2],
  [3, 3],
];
const data = tiny(4, 5, rows);
const kernels = createKernels({ threads: 2 });
afterAll(() => kernels.dispose());
const model = (config: object) => userKnn.create(userKnn.schema.parse(config) as never, { kernels } as never);
const learn = (config: object, from = data) => model(config).fit(from, noInputs, fitOptions());
const close = (actual: Iterable<number>, expected: readonly number[]) => {
  const list = [...actual];
  expect(list.length).toBe(expected.length);
  list.forEach((value, k) => {
    if (Number.isNaN(expected[k]!)) expect(value).toBeNaN();
    else expect(value).toBeCloseTo(expected[k]!, 4);
  });
};
const nan = Number.NaN;

it('serves a stranger by the users with a similar history', async () => {
  const fitted = await learn({ similarity: 'cosine' });
  // u0 is 1 / sqrt(1 * 2) near, u1 1 / sqrt(1 * 3); the others share nothing
  const [near, far] = [1 / Math.sqrt(2), 1 / Math.sqrt(3)];
  close(await fitted.score(stranger(0), itemSet(0, 1, 2, 3, 5, -1)), [near + far, near + far, far, nan, nan, nan]);
});

it('does not count a known user as its own neighbour', async () => {
  const fitted = await learn({ similarity: 'inner-product' });
  // u1 shares two items with u0, u2 one
  close(await fitted.score(queriesOf(data, Int32Array.of(0)), itemSet(0, 1, 2, 3)), [2, 3, 3, nan]);
});

it('hears the nearest neighbours alone, ties by index', async () => {
  const fitted = await learn({ similarity: 'inner-product', neighbors: 1 });
  close(await fitted.score(stranger(0), itemSet(0, 1, 2)), [1, 1, nan]);
});

it('trusts a neighbour with little in common less', async () => {
  const fitted = await learn({ similarity: 'inner-product', shrinkage: 2 });
  // 2 * 2 / (2 + 2) from u1, 1 * 1 / (1 + 2) from u2
  close(await fitted.score(queriesOf(data, Int32Array.of(0)), itemSet(0, 2)), [1, 1 + 1 / 3]);
});

it('lists what it scores, within the limits, and nothing for an empty history', async () => {
  const fitted = await learn({ similarity: 'inner-product' });
  const exclude = { offsets: Uint32Array.of(0, 1), values: Int32Array.of(0) };
  const allow = { size: 3, words: Uint32Array.of(0b101) };
  const lists = await fitted.recommend!(stranger(0), 9, { exclude });
  expect(lists[0]).toEqual({ items: Int32Array.of(1, 2), scores: Float32Array.of(2, 1) });
  expect((await fitted.recommend!(stranger(0), 9, { exclude, allow }))[0]!.items).toEqual(Int32Array.of(2));
  expect((await fitted.recommend!(stranger(), 9, noLimits(1)))[0]!.items.length).toBe(0);
});

it('agrees with plain double-precision code on any matrix', async () => {
  const matrix = fc.array(fc.array(fc.constantFrom(0, 0, 1, 2), { minLength: 5, maxLength: 5 }), {
    minLength: 2,
    maxLength: 6,
  });
  const kinds = fc.constantFrom('inner-product', 'cosine', 'tf-idf', 'bm25');
  await fc.assert(
    fc.asyncProperty(matrix, kinds, fc.constantFrom(0, 0.3, 0.5), fc.constantFrom(0, 5), async (x, kind, a, s) => {
      const dataset = tiny(
        x.length,
        5,
        x.flatMap((row, user) => row.map((weight, item) => [user, item, weight])),
      );
      const fitted = await learn({ similarity: kind, asymmetry: a, shrinkage: s }, dataset);
      const similar = denseSimilarity(x, { kind, asymmetry: a, k1: 1.2, b: 0.75, shrinkage: s });
      const all = Int32Array.from(x.keys());
      const scores = await fitted.score(queriesOf(dataset, all), itemSet(0, 1, 2, 3, 4));
      const expected = x.flatMap((row, q) =>
        row.map((_, j) => {
          const others = [...x.keys()].filter((v) => v !== q && x[v]![j]! > 0 && similar(q, v) > 0);
          return others.length === 0 ? nan : others.reduce((sum, v) => sum + similar(q, v) * x[v]![j]!, 0);
        }),
      );
      close(scores, expected);
    }),
    { numRuns: 60 },
  );
});

it('gives the same on the real data for a batch, alone, and restored', async () => {
  const real = movies();
  const fitted = await learn({ similarity: 'bm25', neighbors: 20 }, real);
  const restored = await model({ similarity: 'bm25', neighbors: 20 }).restore(fitted.state(), noInputs);
  const batch = await fitted.recommend!(queriesOf(real, Int32Array.of(3, 1, 2)), 10, noLimits(3));
  const alone = await restored.recommend!(queriesOf(real, Int32Array.of(1)), 10, noLimits(1));
  expect(batch[1]).toEqual(alone[0]);
  expect(alone[0]!.items.length).toBe(10);
  const scores = await restored.score(queriesOf(real, Int32Array.of(1)), itemSet(...batch[1]!.items));
  expect(scores).toEqual(batch[1]!.scores);
});

it('reports progress, and stops when cancelled', async () => {
  const places: number[] = [];
  await model({}).fit(data, noInputs, fitOptions({ report: (p) => places.push(p.epoch / p.epochs) }));
  expect(places).toEqual([1]);
  const signal = AbortSignal.abort();
  await expect(model({}).fit(data, noInputs, fitOptions({ signal }))).rejects.toMatchObject({ code: 'CANCELLED' });
});
