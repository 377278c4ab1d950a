import { type ComponentState, type Dataset, type FittedModel, type Inputs, queriesOf, scoreRows } from 'recograph';
import { bagging } from 'recograph/plugins/bagging';
import { expect, it } from 'vitest';
import { fitOptions, itemSet, noInputs, tiny } from '../support/tiny.ts';

const data = tiny(
  4,
  3,
  Array.from({ length: 40 }, (_, k) => [k % 4, k % 3]),
);
const everyItem = itemSet(0, 1, 2);

/** Scores an item by how many events it was fitted on; an item without one cannot be scored. */
const counting = (counts: Float32Array): FittedModel => ({
  capabilities: {
    feedback: ['implicit'],
    coldUsers: [],
    coldItems: false,
    sequential: false,
    context: false,
    calibrated: 'none',
  },
  score: async (queries, items) =>
    scoreRows(queries, items, (_, indices, scores) => {
      for (const [k, item] of indices.entries()) scores[k] = counts[item] || Number.NaN;
    }),
  state: () => ({ json: {}, tensors: { counts: { shape: [counts.length], data: counts } } }),
});
const fittedOn: Dataset[] = [];
const inputs: Inputs = {
  ...noInputs,
  trainer: () => ({
    fit: async (drawn) => {
      fittedOn.push(drawn);
      const counts = new Float32Array(drawn.items.size);
      for (const item of drawn.interactions.items) counts[item]! += 1;
      return counting(counts);
    },
    restore: ({ tensors }) => counting(tensors.counts!.data as Float32Array),
  }),
};
const model = (config: object) => bagging.create(bagging.schema.parse({ model: 'm', ...config }) as never, {} as never);

it('fits each member on events drawn with replacement, and gives the mean of their scores', async () => {
  fittedOn.length = 0;
  const fitted = await model({ members: 3 }).fit(data, inputs, fitOptions());
  expect(fittedOn.map(({ interactions }) => interactions.length)).toEqual([40, 40, 40]);
  const counts = fittedOn.map(({ interactions }) =>
    [0, 1, 2].map((i) => interactions.items.filter((x) => x === i).length),
  );
  expect(new Set(counts.map(String)).size).toBe(3);
  const mean = [0, 1, 2].map((i) => counts.reduce((sum, own) => sum + own[i]! / 3, 0));
  const scores = await fitted.score(queriesOf(data, Int32Array.of(0)), everyItem);
  for (const [i, value] of mean.entries()) expect(scores[i]).toBeCloseTo(value, 4);
  // 40 draws of 40 events leave some out: (1 - 1/40)^40 = .36 of them on average.
  const pairs = fittedOn.map(({ interactions }) => new Set(interactions.times).size);
  for (const distinct of pairs) expect(distinct).toBeLessThan(40);
});

it('draws a share of the events', async () => {
  fittedOn.length = 0;
  await model({ members: 1, share: 0.25 }).fit(data, inputs, fitOptions());
  expect(fittedOn[0]!.interactions.length).toBe(10);
});

it('leaves members out that cannot score a pair', async () => {
  const states = [
    [4, 0, 2],
    [2, 0, 0],
  ].map((counts): ComponentState => counting(Float32Array.from(counts)).state());
  const fitted = await model({}).restore(
    {
      json: { members: [{}, {}] },
      tensors: { '0/counts': states[0]!.tensors.counts!, '1/counts': states[1]!.tensors.counts! },
    },
    inputs,
  );
  expect([...(await fitted.score(queriesOf(data, Int32Array.of(0)), everyItem))]).toEqual([3, Number.NaN, 2]);
});

it('goes on after an interruption with the member that was not done, to the same result', async () => {
  const whole = await model({ members: 3 }).fit(data, inputs, fitOptions());
  let kept: ComponentState | undefined;
  const ended = new AbortController();
  const save = async (state: ComponentState) => {
    if (kept) return;
    kept = structuredClone(state);
    ended.abort();
  };
  const checkpoint = { load: async () => kept, save };
  const trainer = inputs.trainer('m');
  const stopping: Inputs = {
    ...inputs,
    trainer: () => ({
      ...trainer,
      fit: async (drawn, options) => {
        options.signal.throwIfAborted();
        return trainer.fit(drawn, options);
      },
    }),
  };
  await expect(
    model({ members: 3 }).fit(data, stopping, fitOptions({ checkpoint, signal: ended.signal })),
  ).rejects.toThrow();
  fittedOn.length = 0;
  const resumed = await model({ members: 3 }).fit(data, inputs, fitOptions({ checkpoint }));
  expect(fittedOn).toHaveLength(2);
  expect(resumed.state()).toEqual(whole.state());
});
