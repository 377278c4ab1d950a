import type { FitOptions, Limits, QueryBatch } from 'recograph';
import { createDataset, createVocabulary, queriesOf, sortInteractions } from 'recograph';
import { createKernels, createRng } from 'recograph/math';
import { ease } from 'recograph/plugins/ease';
import { afterAll, expect, it } from 'vitest';
import { solve } from '../core/math/support.ts';

const kernels = createKernels({ threads: 2 });
afterAll(() => kernels.dispose());
const model = (config: object) => ease.create(ease.schema.parse(config) as never, { kernels } as never);
const options: FitOptions = { rng: createRng(1), signal: new AbortController().signal, report: () => undefined };

const ITEMS = 12;
/** Users choose items by chance, but the last one, who chose nothing. */
const random = (users: number, items: number, density: number) => {
  const rng = createRng(5);
  const pairs: [number, number][] = [];
  for (let u = 0; u < users - 1; u++) for (let i = 0; i < items; i++) if (rng.next() < density) pairs.push([u, i]);
  const ids = (prefix: string, n: number) => createVocabulary(Array.from({ length: n }, (_, i) => `${prefix}${i}`));
  return createDataset({
    users: ids('u', users),
    items: ids('i', items),
    interactions: sortInteractions(
      { users: Int32Array.from(pairs, (p) => p[0]), items: Int32Array.from(pairs, (p) => p[1]) },
      users,
    ),
  });
};
const small = () => random(41, ITEMS, 0.4);
const everything = { kind: 'shared' as const, indices: Int32Array.from({ length: ITEMS }, (_, i) => i) };
const withFeatures = (data: ReturnType<typeof small>) => ({ ...everything, features: data.itemFeatures });

it("each item's weights are the ridge regression of its column on all others", async () => {
  const data = small();
  const lambda = 3;
  const fitted = await model({ regularization: lambda }).fit(data, {} as never, options);
  const x = data.positives();
  const rows = Array.from({ length: 41 }, (_, u) => {
    const row = new Array<number>(ITEMS).fill(0);
    for (let k = x.offsets[u]!; k < x.offsets[u + 1]!; k++) row[x.indices[k]!] = 1;
    return row;
  });
  const weights = fitted.state().tensors.weights!;
  expect(weights.shape).toEqual([ITEMS, ITEMS]);
  for (let j = 0; j < ITEMS; j++) {
    const others = Array.from({ length: ITEMS }, (_, i) => i).filter((i) => i !== j);
    const b = solve(
      others.map((p) => others.map((q) => rows.reduce((s, r) => s + r[p]! * r[q]!, p === q ? lambda : 0))),
      others.map((p) => rows.reduce((s, r) => s + r[p]! * r[j]!, 0)),
    );
    expect(weights.data[j * ITEMS + j]).toBe(0);
    others.forEach((i, at) => {
      expect(weights.data[i * ITEMS + j]).toBeCloseTo(b[at]!, 5);
    });
  }
  const scores = await fitted.score(queriesOf(data, Int32Array.of(7)), withFeatures(data));
  for (let j = 0; j < ITEMS; j++) {
    const exact = rows[7]!.reduce((s, value, i) => s + value * weights.data[i * ITEMS + j]!, 0);
    expect(scores[j]).toBeCloseTo(exact, 5);
  }
});

it('scores by history alone: NaN and an empty list without one, and NaN for unknown items', async () => {
  const data = small();
  const fitted = await model({ regularization: 3 }).fit(data, {} as never, options);
  const queries = queriesOf(data, Int32Array.of(3, 40));
  const strangers: QueryBatch = { ...queries, users: Int32Array.of(-1, -1) };
  expect(await fitted.score(strangers, withFeatures(data))).toEqual(await fitted.score(queries, withFeatures(data)));
  const ragged = await fitted.score(queries, {
    kind: 'ragged',
    offsets: Uint32Array.of(0, 2, 3),
    indices: Int32Array.of(0, ITEMS, 0),
    features: data.itemFeatures,
  });
  expect(Number.isFinite(ragged[0])).toBe(true);
  expect([ragged[1], ragged[2]]).toEqual([Number.NaN, Number.NaN]);
  const limits: Limits = { exclude: { offsets: Uint32Array.of(0, 1, 1), values: Int32Array.of(2) } };
  const lists = await fitted.recommend!(queries, 99, limits);
  expect([...lists[0]!.items].sort((a, b) => a - b)).toEqual([...everything.indices].filter((i) => i !== 2));
  expect(lists[1]!.items).toHaveLength(0);
});

it('recommends the same after restoring, in batches too', async () => {
  const data = random(400, 150, 0.1);
  const config = { regularization: 20 };
  const fitted = await model(config).fit(data, {} as never, options);
  const queries = queriesOf(
    data,
    Int32Array.from({ length: 300 }, (_, u) => u),
  );
  const limits: Limits = { exclude: { offsets: queries.histories.offsets, values: queries.histories.items } };
  const restored = await model(config).restore(fitted.state(), {} as never);
  const lists = await fitted.recommend!(queries, 10, limits);
  expect(await restored.recommend!(queries, 10, limits)).toEqual(lists);
  const alone = queriesOf(data, Int32Array.of(280));
  const [list] = await fitted.recommend!(alone, 10, {
    exclude: { offsets: alone.histories.offsets, values: alone.histories.items },
  });
  expect(list).toEqual(lists[280]);
  fitted.dispose!();
  restored.dispose!();
});

it('finds similar items by their weights, never the item itself', async () => {
  const data = small();
  const fitted = await model({ regularization: 3 }).fit(data, {} as never, options);
  const weights = fitted.state().tensors.weights!.data;
  const [list, none] = await fitted.similarItems!(Int32Array.of(4, -1), 5);
  const others = [...everything.indices].filter((i) => i !== 4);
  others.sort((a, b) => weights[4 * ITEMS + b]! - weights[4 * ITEMS + a]!);
  expect([...list!.items]).toEqual(others.slice(0, 5));
  expect(none!.items).toHaveLength(0);
});

it('refuses more items than it may hold, and weights that are not finite', async () => {
  await expect(model({ maxItems: 11 }).fit(small(), {} as never, options)).rejects.toMatchObject({ code: 'TOO_LARGE' });
});
