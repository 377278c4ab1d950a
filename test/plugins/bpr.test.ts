import { type ComponentState, type QueryBatch, queriesOf } from 'recograph';
import { createKernels, createRng } from 'recograph/math';
import { bpr } from 'recograph/plugins/bpr';
import { afterAll, expect, it } from 'vitest';
import { movies } from '../support/movies.ts';
import { fitOptions, itemSet, noInputs, noLimits, stranger, tiny } from '../support/tiny.ts';

const kernels = createKernels({ threads: 2 });
afterAll(() => kernels.dispose());
const model = (config: object) => bpr.create(bpr.schema.parse(config) as never, { kernels } as never);
const real = movies();
const small = { factors: 8, epochs: 3 };
const learn = (config: object, from = real) => model(config).fit(from, noInputs, fitOptions());

/** Users 0..9 choose among items 0..4, users 10..19 among 5..9; user u leaves out one item of its group. */
const groups = tiny(
  20,
  10,
  Array.from({ length: 20 }, (_, user) => user).flatMap((user) =>
    [0, 1, 2, 3, 4].filter((item) => item !== user % 5).map((item) => [user, item + (user < 10 ? 0 : 5)]),
  ),
);

it('ranks what the like-minded chose above what the others chose', async () => {
  const fitted = await learn({ factors: 4, epochs: 200 }, groups);
  for (const user of [0, 3, 12, 19]) {
    const query = queriesOf(groups, Int32Array.of(user));
    const seen = groups.positives().indices.slice(4 * user, 4 * user + 4);
    const exclude = { offsets: Uint32Array.of(0, 4), values: seen };
    const [list] = await fitted.recommend!(query, 1, { exclude });
    expect(list!.items[0]).toBe((user % 5) + (user < 10 ? 0 : 5));
  }
});

it('serves a stranger by the history, and by nothing else', async () => {
  const fitted = await learn({ factors: 4, epochs: 200 }, groups);
  const scores = await fitted.score(stranger(5, 6, 7), itemSet(0, 8));
  expect(scores[1]).toBeGreaterThan(scores[0]!);
  const nothing = await fitted.score(stranger(), itemSet(0, 8));
  expect([...nothing].every(Number.isNaN)).toBe(true);
  expect((await fitted.recommend!(stranger(), 3, noLimits(1)))[0]!.items.length).toBe(0);
});

it('follows a known user whose history went on', async () => {
  const fitted = await learn({ factors: 4, epochs: 200 }, groups);
  const before = queriesOf(groups, Int32Array.of(0));
  const after: QueryBatch = { ...stranger(5, 6, 7, 8), users: Int32Array.of(0) };
  const [old, now] = [await fitted.score(before, itemSet(9)), await fitted.score(after, itemSet(9))];
  expect(now[0]).toBeGreaterThan(old[0]!);
});

it('cannot score items outside the vocabulary', async () => {
  const fitted = await learn({ factors: 4 }, groups);
  const scores = await fitted.score(queriesOf(groups, Int32Array.of(1)), itemSet(-1, 10, 0));
  expect([...scores].map(Number.isNaN)).toEqual([true, true, false]);
});

it('scores by the dot product of its vectors', async () => {
  const fitted = await learn(small);
  const queries = queriesOf(real, Int32Array.of(4, 9));
  const [users, items] = [await fitted.userVectors!(queries), fitted.itemVectors!()];
  const scores = await fitted.score(queries, itemSet(3, 77));
  for (const [q, item, place] of [
    [0, 3, 0],
    [0, 77, 1],
    [1, 77, 3],
  ] as const) {
    let dot = 0;
    for (let f = 0; f < items.columns; f++) {
      dot += users.data[q * items.columns + f]! * items.data[item * items.columns + f]!;
    }
    expect(scores[place]).toBeCloseTo(dot, 5);
  }
});

it('gives the same for the same seed, another for another', async () => {
  const states = await Promise.all(
    [1, 1, 2].map(async (seed) => {
      const fitted = await model(small).fit(real, noInputs, fitOptions({ rng: createRng(seed) }));
      return fitted.state().tensors;
    }),
  );
  expect(states[1]).toEqual(states[0]);
  expect(states[2]).not.toEqual(states[0]);
});

it('gives the same for a batch, alone, and restored', async () => {
  const fitted = await learn(small);
  const restored = await model(small).restore(fitted.state(), noInputs);
  const known = queriesOf(real, Int32Array.of(3, 1, 2));
  const unknown = { ...known, users: Int32Array.of(-1, 1, -1) };
  const [batch, all] = [await fitted.recommend!(unknown, 10, noLimits(3)), itemSet(5, 50, 500)];
  for (const q of [0, 1, 2]) {
    const alone = { ...queriesOf(real, known.users.slice(q, q + 1)), users: unknown.users.slice(q, q + 1) };
    expect((await restored.recommend!(alone, 10, noLimits(1)))[0]).toEqual(batch[q]);
    const scores = await fitted.score(unknown, all);
    expect(await restored.score(alone, all)).toEqual(scores.slice(3 * q, 3 * q + 3));
  }
  restored.dispose!();
});

it('lowers its loss, reports each epoch, and stops within one when cancelled', async () => {
  const losses: number[] = [];
  await model(small).fit(real, noInputs, fitOptions({ report: ({ loss }) => losses.push(loss!) }));
  expect(losses.length).toBe(3);
  expect(losses[2]).toBeLessThan(losses[0]!);
  const abort = new AbortController();
  let epochs = 0;
  const report = () => {
    epochs++;
    abort.abort();
  };
  const fit = model(small).fit(real, noInputs, fitOptions({ signal: abort.signal, report }));
  await expect(fit).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(epochs).toBe(1);
});

it('resumes from a checkpoint to the identical result', async () => {
  const kept: ComponentState[] = [];
  const save = async (state: ComponentState) => void kept.push(state);
  const whole = await model(small).fit(
    real,
    noInputs,
    fitOptions({ checkpoint: { load: async () => undefined, save } }),
  );
  const load = async () => kept[0];
  const resumed = await model(small).fit(real, noInputs, fitOptions({ checkpoint: { load, save } }));
  expect(resumed.state()).toEqual(whole.state());
});

it('refuses data without a positive, and steps that lead nowhere', async () => {
  await expect(learn({}, tiny(1, 2, [[0, 0, 0]]))).rejects.toMatchObject({ code: 'DATA_EMPTY' });
  const wild = { ...small, learningRate: 1e4, regularization: 10, epochs: 30 };
  await expect(learn(wild)).rejects.toMatchObject({ code: 'NOT_FINITE' });
});
