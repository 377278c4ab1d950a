import fc from 'fast-check';
import { queriesOf } from 'recograph';
import { createKernels } from 'recograph/math';
import { itemKnn } from 'recograph/plugins/item-knn';
import { afterAll, expect, it } from 'vitest';
import { movies } from '../support/movies.ts';
import { denseSimilarity } from '../support/similarity.ts';
import { fitOptions, itemSet, noInputs, noLimits, stranger, tiny } from '../support/tiny.ts';

/** u0: 0 1, u1: 0 1 2, u2: 1 2, u3: 3. */
const data = tiny(4, 5, [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
  [1, 2],
  [2, 1],
  [2, 2],
  [3, 3],
]);
const kernels = createKernels({ threads: 2 });
afterAll(() => kernels.dispose());
const model = (config: object) => itemKnn.create(itemKnn.schema.parse(config) as never, { kernels } as never);
const learn = (config: object, from = data) => model(config).fit(from, noInputs, fitOptions());
const close = (actual: Iterable<number>, expected: readonly number[]) => {
  const list = [...actual];
  expect(list.length).toBe(expected.length);
  list.forEach((value, k) => {
    if (Number.isNaN(expected[k]!)) expect(value).toBeNaN();
    else expect(value).toBeCloseTo(expected[k]!, 5);
  });
};

it.each([
  // users in common with item 0: two with item 1, one with item 2
  [{ similarity: 'inner-product' }, [2, 1]],
  // 2 / sqrt(2 * 3), 1 / sqrt(2 * 2)
  [{ similarity: 'cosine' }, [2 / Math.sqrt(6), 0.5]],
  // 2 / 2, 1 / 2: how many who chose item 0 chose it
  [{ similarity: 'cosine', asymmetry: 0 }, [1, 0.5]],
  // times 2 / (2 + 2) and 1 / (1 + 2)
  [{ similarity: 'cosine', shrinkage: 2 }, [1 / Math.sqrt(6), 0.5 / 3]],
])('scores a stranger by the similarity to the history: %j', async (config, [first, second]) => {
  const fitted = await learn(config);
  const scores = await fitted.score(stranger(0), itemSet(0, 1, 2, 3, 4, 5, -1));
  close(scores, [Number.NaN, first!, second!, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
});

it('sums over the history by weight and forgets what was no positive', async () => {
  const fitted = await learn({ similarity: 'inner-product' });
  const batch = stranger(0, 1, 2);
  const histories = { ...batch.histories, weights: Float32Array.of(3, 0.5, 0) };
  // item 2 has one user in common with item 0 and two with item 1
  close(await fitted.score({ ...batch, histories }, itemSet(2)), [3 * 1 + 0.5 * 2]);
});

it('keeps the nearest neighbours alone', async () => {
  const fitted = await learn({ similarity: 'cosine', neighbors: 1 });
  close(await fitted.score(stranger(0), itemSet(1, 2)), [2 / Math.sqrt(6), Number.NaN]);
});

it('lists what it scores, within the limits', async () => {
  const fitted = await learn({ similarity: 'inner-product' });
  const lists = await fitted.recommend!(stranger(0), 9, noLimits(1));
  expect(lists[0]).toEqual({ items: Int32Array.of(1, 2), scores: Float32Array.of(2, 1) });
  const exclude = { offsets: Uint32Array.of(0, 1), values: Int32Array.of(1) };
  expect((await fitted.recommend!(stranger(0), 9, { exclude }))[0]!.items).toEqual(Int32Array.of(2));
});

it('answers similar items, never the item itself', async () => {
  const fitted = await learn({ similarity: 'inner-product' });
  const [first, unknown, lonely] = await fitted.similarItems!(Int32Array.of(1, 99, 3), 5);
  expect(first).toEqual({ items: Int32Array.of(0, 2), scores: Float32Array.of(2, 2) });
  expect(unknown!.items.length + lonely!.items.length).toBe(0);
  const exclude = { offsets: Uint32Array.of(0, 1), values: Int32Array.of(0) };
  expect((await fitted.similarItems!(Int32Array.of(1), 5, { exclude }))[0]!.items).toEqual(Int32Array.of(2));
});

it('has nothing to say about an empty history', async () => {
  const fitted = await learn({});
  close(await fitted.score(stranger(), itemSet(0, 1)), [Number.NaN, Number.NaN]);
  expect((await fitted.recommend!(stranger(), 3, noLimits(1)))[0]!.items.length).toBe(0);
});

it('agrees with plain double-precision code on any matrix', async () => {
  const matrix = fc.array(fc.array(fc.constantFrom(0, 0, 1, 2), { minLength: 6, maxLength: 6 }), {
    minLength: 2,
    maxLength: 7,
  });
  const kinds = fc.constantFrom('inner-product', 'cosine', 'tf-idf', 'bm25');
  await fc.assert(
    fc.asyncProperty(matrix, kinds, fc.constantFrom(0, 0.3, 0.5), fc.constantFrom(0, 5), async (byItem, kind, a, s) => {
      const rows = byItem.flatMap((users, item) => users.map((weight, user) => [user, item, weight]));
      const fitted = await learn({ similarity: kind, asymmetry: a, shrinkage: s }, tiny(6, byItem.length, rows));
      const similar = denseSimilarity(byItem, { kind, asymmetry: a, k1: 1.2, b: 0.75, shrinkage: s });
      for (let r = 0; r < byItem.length; r++) {
        const scores = await fitted.score(stranger(r), itemSet(...byItem.keys()));
        close(
          scores,
          byItem.map((_, other) => (other === r ? Number.NaN : similar(r, other) || Number.NaN)),
        );
      }
    }),
    { numRuns: 60 },
  );
});

it('gives the same on the real data for a batch, alone, and restored', async () => {
  const real = movies();
  const fitted = await learn({ similarity: 'tf-idf', neighbors: 20 }, real);
  const restored = await model({}).restore(fitted.state(), noInputs);
  const batch = await fitted.recommend!(queriesOf(real, Int32Array.of(3, 1, 2)), 10, noLimits(3));
  const alone = await restored.recommend!(queriesOf(real, Int32Array.of(1)), 10, noLimits(1));
  expect(batch[1]).toEqual(alone[0]);
  expect(alone[0]!.items.length).toBe(10);
  const scores = await restored.score(queriesOf(real, Int32Array.of(1)), itemSet(...batch[1]!.items));
  expect(scores).toEqual(batch[1]!.scores);
});

it('reports progress to the end, and stops when cancelled on the way', async () => {
  const places: number[] = [];
  await model({}).fit(movies(), noInputs, fitOptions({ report: (p) => places.push(p.epoch / p.epochs) }));
  expect(places.at(-1)).toBe(1);
  const abort = new AbortController();
  const options = fitOptions({ signal: abort.signal, report: () => abort.abort() });
  await expect(model({}).fit(movies(), noInputs, options)).rejects.toMatchObject({ code: 'CANCELLED' });
});

it('fits a dataset without positives', async () => {
  const fitted = await learn({ similarity: 'bm25' }, tiny(1, 2, [[0, 0, 0]]));
  close(await fitted.score(stranger(0), itemSet(0, 1)), [Number.NaN, Number.NaN]);
});
