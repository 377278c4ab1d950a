import type { ComponentState, Dataset, FitOptions, Limits, Matrix, QueryBatch } from 'recograph';
import { createDataset, createVocabulary, queriesOf, sortInteractions } from 'recograph';
import { createKernels, createRng } from 'recograph/math';
import { als } from 'recograph/plugins/als';
import { afterAll, expect, it } from 'vitest';
import { dot, solve } from '../core/math/support.ts';
import { movies } from '../support/movies.ts';
import { noInputs } from '../support/tiny.ts';

const kernels = createKernels({ threads: 2 });
afterAll(() => kernels.dispose());

type Settings = Parameters<typeof als.create>[0] & object;
const model = (config: object, over = kernels) => {
  const parsed = als.schema.parse(config) as Settings;
  return als.create(parsed as never, { kernels: over } as never);
};

const inputs = noInputs;
const options = (extra: Partial<FitOptions> = {}): FitOptions => ({
  rng: createRng(7),
  signal: new AbortController().signal,
  report: () => undefined,
  ...extra,
});

/** Rows of [user, item, value, weight]. */
const dataset = (
  users: number,
  items: number,
  rows: readonly (readonly [number, number, number, number])[],
): Dataset => {
  const ids = (prefix: string, n: number) => createVocabulary(Array.from({ length: n }, (_, i) => `${prefix}${i}`));
  return createDataset({
    users: ids('u', users),
    items: ids('i', items),
    interactions: sortInteractions(
      {
        users: Int32Array.from(rows, (r) => r[0]),
        items: Int32Array.from(rows, (r) => r[1]),
        values: Float32Array.from(rows, (r) => r[2]),
        weights: Float32Array.from(rows, (r) => r[3]),
      },
      users,
    ),
  });
};

/** Item vectors with zeros for NaN: what nobody chose has no vector, and its factors are 0. */
const withZeros = (vectors: Matrix): Matrix => ({ ...vectors, data: vectors.data.map((value) => value || 0) });

const small = (): Dataset => {
  const rng = createRng(3);
  const rows: [number, number, number, number][] = [];
  for (let u = 0; u < 30; u++) {
    for (let i = 0; i < 25; i++) {
      if (rng.next() < 0.3) rows.push([u, i, 1 + rng.int(5), rng.int(4) * 0.5]);
    }
  }
  rows.push([2, 3, 4, 1], [2, 3, 5, 1]); // the same pair again
  return dataset(31, 26, rows); // the last user and the last item have no event
};

const all = (data: Dataset): Int32Array => Int32Array.from({ length: data.users.size }, (_, u) => u);
const rowOf = (m: { columns: number; data: Float32Array }, r: number) =>
  m.data.subarray(r * m.columns, (r + 1) * m.columns);
const unknown = (queries: QueryBatch): QueryBatch => ({ ...queries, users: queries.users.map(() => -1) });
const noLimits = (size: number): Limits => ({
  exclude: { offsets: new Uint32Array(size + 1), values: new Int32Array(0) },
});

it('implicit: a user vector solves the normal equations of its history', async () => {
  const data = small();
  const [d, reg, alpha, nu] = [5, 0.02, 0.3, 0.7];
  const fitted = await model({
    factors: d,
    epochs: 3,
    regularization: reg,
    unobservedWeight: alpha,
    frequencyScaling: nu,
    solver: 'cholesky',
  }).fit(data, inputs, options());
  const items = withZeros(fitted.itemVectors!());
  const users = await fitted.userVectors!(queriesOf(data, all(data)));
  const positives = data.positives();
  for (let u = 0; u < 30; u++) {
    const [from, to] = [positives.offsets[u]!, positives.offsets[u + 1]!];
    if (from === to) continue;
    const lambda = reg * (to - from + alpha * 26) ** nu;
    const a = Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => (i === j ? lambda : 0)));
    const b = new Array<number>(d).fill(0);
    for (let item = 0; item < 26; item++) {
      const y = rowOf(items, item);
      for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) a[i]![j]! += alpha * y[i]! * y[j]!;
    }
    for (let k = from; k < to; k++) {
      const y = rowOf(items, positives.indices[k]!);
      const w = positives.values[k]!;
      for (let i = 0; i < d; i++) {
        b[i]! += w * y[i]!;
        for (let j = 0; j < d; j++) a[i]![j]! += w * y[i]! * y[j]!;
      }
    }
    const x = solve(a, b);
    for (let f = 0; f < d; f++) expect(rowOf(users, u)[f]).toBeCloseTo(x[f]!, 4);
  }
});

it('explicit: a user vector solves ridge regression on the centred values, the last of repeated ones', async () => {
  const data = small();
  const d = 4;
  const lambda = 0.5;
  const fitted = await model({
    feedback: 'explicit',
    factors: d,
    epochs: 4,
    regularization: lambda,
    solver: 'cholesky',
  }).fit(data, inputs, options());
  const latest = new Map<string, number>();
  const { users: us, items: is, values, length } = data.interactions;
  for (let k = 0; k < length; k++) latest.set(`${us[k]} ${is[k]}`, values[k]!);
  const mean = [...latest.values()].reduce((a, b) => a + b, 0) / latest.size;
  const items = fitted.itemVectors!();
  const users = await fitted.userVectors!(queriesOf(data, all(data)));
  const scores = await fitted.score(queriesOf(data, all(data)), {
    kind: 'shared',
    indices: Int32Array.of(0, 25),
    features: data.itemFeatures,
  });
  for (let u = 0; u < 30; u++) {
    const a = Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => (i === j ? lambda : 0)));
    const b = new Array<number>(d).fill(0);
    for (const [key, value] of latest) {
      const [user, item] = key.split(' ').map(Number);
      if (user !== u) continue;
      const y = rowOf(items, item!);
      for (let i = 0; i < d; i++) {
        b[i]! += (value - mean) * y[i]!;
        for (let j = 0; j < d; j++) a[i]![j]! += y[i]! * y[j]!;
      }
    }
    const x = solve(a, b);
    for (let f = 0; f < d; f++) expect(rowOf(users, u)[f]).toBeCloseTo(x[f]!, 4);
    expect(scores[2 * u]).toBeCloseTo(mean + dot(x, rowOf(items, 0)), 3);
    expect(scores[2 * u + 1]).toBeCloseTo(mean, 5); // nobody rated the last item
  }
});

it('conjugate gradient with enough steps finds what the closed form finds', async () => {
  const data = small();
  const settings = { factors: 8, epochs: 6, regularization: 0.05 };
  const exact = await model({ ...settings, solver: 'cholesky' }).fit(data, inputs, options());
  const steps = await model({ ...settings, solver: 'cg', steps: 30 }).fit(data, inputs, options());
  const [a, b] = [withZeros(exact.itemVectors!()).data, withZeros(steps.itemVectors!()).data];
  for (let k = 0; k < a.length; k++) expect(b[k]).toBeCloseTo(a[k]!, 3);
});

it('explicit: reports half the squared errors and penalties of its page, a rating', async () => {
  // one user, one item, value 3, no mean taken off: at x = y = 0 the objective is 1/2 3^2
  const once: Dataset = dataset(1, 1, [[0, 0, 3, 1]]);
  const losses: number[] = [];
  const settings = { feedback: 'explicit', center: false, factors: 8, epochs: 2, regularization: 0.5, initScale: 1e-9 };
  await model({ ...settings, solver: 'cholesky' } as never).fit(
    once,
    inputs,
    options({ report: ({ loss }) => losses.push(loss!) }),
  );
  for (const loss of losses) expect(loss).toBeCloseTo(4.5, 6);
  expect(losses).toHaveLength(2);
});

it('lowers its objective every epoch', async () => {
  const losses: number[] = [];
  await model({ factors: 16, epochs: 8 }).fit(
    movies(),
    inputs,
    options({ report: (progress) => losses.push(progress.loss!) }),
  );
  expect(losses).toHaveLength(8);
  for (let e = 1; e < 8; e++) expect(losses[e]).toBeLessThan(losses[e - 1]! * 1.0001);
});

it('an unknown user with the same history gets the trained vector', async () => {
  const data = small();
  const fitted = await model({ factors: 6, solver: 'cholesky' }).fit(data, inputs, options());
  const queries = queriesOf(data, all(data));
  const trained = await fitted.userVectors!(queries);
  const folded = await fitted.userVectors!(unknown(queries));
  for (let k = 0; k < trained.data.length; k++) {
    if (Number.isNaN(trained.data[k])) expect(folded.data[k]).toBeNaN();
    else expect(folded.data[k]).toBeCloseTo(trained.data[k]!, 4);
  }
});

it("a known user's new likes change the answer; without a history the trained vector holds", async () => {
  const data = movies();
  const fitted = await model({ factors: 16, epochs: 5 }).fit(data, inputs, options());
  const queries = queriesOf(data, Int32Array.of(5));
  const item = 400;
  const likes = {
    ...queries,
    histories: {
      offsets: Uint32Array.of(0, queries.histories.items.length + 1),
      items: Int32Array.of(...queries.histories.items, item),
      values: Float32Array.of(...queries.histories.values, 5),
      weights: Float32Array.of(...queries.histories.weights, 1),
      times: Float64Array.of(...queries.histories.times, data.until),
      types: Uint8Array.of(...queries.histories.types, 0),
    },
  };
  const silent = { ...queries, histories: { ...queries.histories, offsets: Uint32Array.of(0, 0) } };
  const candidates = { kind: 'shared' as const, indices: Int32Array.of(item), features: data.itemFeatures };
  const [before] = await fitted.score(queries, candidates);
  const [after] = await fitted.score(likes, candidates);
  const [trained] = await fitted.score(silent, candidates);
  expect(after).toBeGreaterThan(before!);
  expect(trained).toBe(before);
});

it('scores NaN and lists nothing for who has no history, and NaN for items it does not know', async () => {
  const data = small();
  const fitted = await model({ factors: 4 }).fit(data, inputs, options());
  const queries = queriesOf(data, Int32Array.of(0, 30));
  const scores = await fitted.score(queries, {
    kind: 'ragged',
    offsets: Uint32Array.of(0, 2, 3),
    indices: Int32Array.of(1, 26, 1),
    features: data.itemFeatures,
  });
  expect(Number.isFinite(scores[0])).toBe(true);
  expect([scores[1], scores[2]]).toEqual([Number.NaN, Number.NaN]);
  const lists = await fitted.recommend!(queries, 5, noLimits(2));
  expect(lists.map((list) => list.items.length)).toEqual([5, 0]);
});

it('recommends what its scores rank first, without excluded items', async () => {
  const data = movies();
  const fitted = await model({ factors: 12, epochs: 3 }).fit(data, inputs, options());
  const users = Int32Array.of(0, 99, 400);
  const queries = queriesOf(data, users);
  const limits: Limits = { exclude: { offsets: queries.histories.offsets, values: queries.histories.items } };
  const lists = await fitted.recommend!(queries, 20, limits);
  const indices = Int32Array.from({ length: data.items.size }, (_, i) => i);
  const scores = await fitted.score(queries, { kind: 'shared', indices, features: data.itemFeatures });
  users.forEach((_, q) => {
    const seen = new Set(
      queries.histories.items.subarray(queries.histories.offsets[q]!, queries.histories.offsets[q + 1]!),
    );
    const row = scores.subarray(q * indices.length, (q + 1) * indices.length);
    const best = [...indices].filter((i) => !seen.has(i)).sort((a, b) => row[b]! - row[a]! || a - b);
    expect([...lists[q]!.items]).toEqual(best.slice(0, 20));
  });
});

it('learns the same with one thread and with two, and says the same after restoring', async () => {
  const data = small();
  const alone = createKernels({ threads: 1 });
  const settings = { factors: 9, epochs: 3 };
  const two = await model(settings).fit(data, inputs, options());
  const one = await model(settings, alone).fit(data, inputs, options());
  expect(one.state()).toEqual(two.state());
  const state = structuredClone(two.state());
  const restored = await model(settings, alone).restore(state, inputs);
  expect(restored.state()).toEqual(state);
  const queries = queriesOf(data, all(data));
  const lists = async (m: typeof one) => m.recommend!(queries, 7, noLimits(queries.size));
  expect(await lists(restored)).toEqual(await lists(two));
  await alone.dispose();
});

it('resumes from a checkpoint to the identical result', async () => {
  const data = small();
  const saves: ComponentState[] = [];
  const save = async (state: ComponentState) => {
    saves.push(structuredClone(state));
  };
  const whole = await model({ factors: 8, epochs: 5 }).fit(
    data,
    inputs,
    options({ checkpoint: { load: async () => undefined, save } }),
  );
  const resumed = await model({ factors: 8, epochs: 5 }).fit(
    data,
    inputs,
    options({ rng: createRng(999), checkpoint: { load: async () => saves[2], save: async () => undefined } }),
  );
  expect(resumed.state()).toEqual(whole.state());
});

it('stops when cancelled, and gives its memory back', async () => {
  const controller = new AbortController();
  const fit = model({ factors: 32, epochs: 500 }).fit(
    movies(),
    inputs,
    options({ signal: controller.signal, report: ({ epoch }) => epoch === 2 && controller.abort() }),
  );
  await expect(fit).rejects.toMatchObject({ code: 'CANCELLED' });
});

it('refuses numbers it cannot learn from', async () => {
  const nan = dataset(2, 2, [
    [0, 0, 1, Number.POSITIVE_INFINITY],
    [1, 1, 1, 1],
  ]);
  await expect(model({ factors: 4 }).fit(nan, inputs, options())).rejects.toMatchObject({ code: 'NOT_FINITE' });
  const empty = dataset(1, 1, [[0, 0, 1, 0]]);
  await expect(model({ factors: 4 }).fit(empty, inputs, options())).rejects.toMatchObject({ code: 'DATA_EMPTY' });
});

/** 3,000 users in 40,000 items: six events each among the 50 items that everybody takes, four among 100 of their group of 30. */
const sparseWorld = () => {
  const rng = createRng(5);
  const rows: [number, number, number, number][] = [];
  const held: number[] = [];
  for (let user = 0; user < 3_000; user++) {
    const taste = () => 1_000 + (user % 30) * 100 + rng.int(100);
    for (let k = 0; k < 10; k++) rows.push([user, k < 6 ? rng.int(50) : taste(), 1, 1]);
    held.push(taste());
  }
  return { data: dataset(3_000, 40_000, rows), held };
};

it('learns from ten events a user in a catalogue of 40,000 items without settings, and says the weight it chose', async () => {
  const { data, held } = sparseWorld();
  let chosen: unknown;
  const hits = async (config: object) => {
    const report = (progress: { chosen?: unknown }) => {
      chosen = progress.chosen;
    };
    const fitted = await model({ factors: 32, ...config }).fit(data, inputs, options({ report }));
    const asked = Int32Array.from({ length: 200 }, (_, k) => k * 15);
    const lists = await fitted.recommend!(queriesOf(data, asked), 100, noLimits(200));
    fitted.dispose?.();
    return lists.filter(({ items }, q) => items.includes(held[asked[q]!]!)).length;
  };
  // lists of 100 hold the 50 popular items and, at best, half of the group's hundred
  expect(await hits({ unobservedWeight: 0.3 })).toBeLessThan(20);
  expect(chosen).toEqual({});
  expect(await hits({})).toBeGreaterThan(40);
  // 430 / sqrt(3,000 x 40,000)
  expect((chosen as { unobservedWeight: number }).unobservedWeight).toBeCloseTo(0.03925, 5);
});

it('serves a state from before the weight was chosen with the .3 that it was trained with', async () => {
  const data = small();
  const trained = await model({ factors: 4, unobservedWeight: 0.3 }).fit(data, inputs, options());
  const { json, tensors } = trained.state();
  const { mean } = json as { mean: number };
  const old = await model({ factors: 4 }).restore({ json: { mean }, tensors }, inputs);
  const [asked, items] = [unknown(queriesOf(data, all(data))), Int32Array.of(0, 1, 2, 3)];
  const set = { kind: 'shared', indices: items, features: data.itemFeatures } as const;
  expect(await old.score(asked, set)).toEqual(await trained.score(asked, set));
});
