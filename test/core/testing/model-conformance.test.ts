import { type FittedModel, type Progress, type QueryBatch, type Tensor, throwIfCancelled } from 'recograph';
import { conformanceData, modelConformance } from 'recograph/testing';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { expectFailures } from './only-fails.ts';
import { type Breach, type Learned, toyModel } from './toy-model.ts';

const data = () => conformanceData(3, { users: 10, items: 8 });
const checksOf = (breach: Breach = {}) => modelConformance(toyModel(breach), { data: data(), runtime: 'cpu' });
const notAborted = new AbortController().signal;

/** Another `score`, and no `recommend` to disagree with it. */
const scoring =
  (change: (scores: Float32Array, queries: QueryBatch, width: number, items: { kind: string }) => void) =>
  ({ recommend: _, ...good }: FittedModel): FittedModel => ({
    ...good,
    score: async (queries, items) => {
      const scores = await good.score(queries, items);
      change(scores, queries, items.kind === 'shared' ? items.indices.length : 0, items);
      return scores;
    },
  });

const BREACHES: Readonly<Record<string, Breach>> = {
  'config: its defaults are complete': { config: z.strictObject({ factors: z.int().min(1).default(0) }) },
  'config: refuses an unknown key': { config: z.looseObject({}) },
  'config: refuses a wrong type, naming the key': { config: z.strictObject({ factors: z.any().default(8) }) },
  'fit: the same seed gives the same answers and state': {
    learned: (learned) => ({ ...learned, noise: learned.noise.map(() => Math.random()) }),
  },
  'fit: leaves earlier ones as they were': {
    model: (good) => {
      const noise: Float32Array[] = [];
      return {
        ...good,
        fit: async (...given) => {
          const fitted = await good.fit(...given);
          const own = fitted.state().tensors.noise!.data as Float32Array;
          noise.push(own);
          noise[0]!.set(own);
          return fitted;
        },
      };
    },
  },
  'state: a restored one answers as the one that was saved': {
    restored: (learned: Learned) => ({ ...learned, noise: new Float32Array(learned.items) }),
  },
  'inputs: nothing given is changed': { fitted: scoring((_, queries) => queries.now.fill(0)) },
  'cancel: before it starts': {
    options: (options) => (options.signal.aborted ? { ...options, signal: notAborted } : options),
  },
  'cancel: within one report': {
    options: (options) => {
      throwIfCancelled(options.signal);
      return { ...options, signal: notAborted };
    },
  },
  'progress: reported, in order, finite': {
    options: (options) => ({ ...options, report: (progress) => options.report({ ...progress, loss: Number.NaN }) }),
  },
  'tensors: none stays': { fitted: (good, { runtime }) => scoring(() => runtime.tf.scalar(1))(good) },
  'tensors: as many after each epoch': {
    model: (good, { runtime }) => ({
      ...good,
      fit: async (data, inputs, options) => {
        const made: Tensor[] = [];
        const report = (progress: Progress) => {
          made.push(runtime.tf.scalar(1));
          options.report(progress);
        };
        const fitted = await good.fit(data, inputs, { ...options, report });
        runtime.tf.dispose(made);
        return fitted;
      },
    }),
  },
  'kernels: no memory stays': { fitted: (good, { kernels }) => scoring(() => kernels.memory().floats(4))(good) },
  'score: one number for every pair, some of them finite': {
    fitted: scoring((scores, queries, width) => {
      for (let q = 0; q < queries.size; q++) {
        if (queries.users[q]! >= 0) scores.fill(Number.NaN, q * width, (q + 1) * width);
      }
      if (width === 0) scores.fill(Number.NaN);
    }),
  },
  'score: nothing asked, nothing answered': {
    fitted: scoring((scores, queries) => {
      if (scores.length === 0 && queries.size > 0) throw new TypeError('no items');
    }),
  },
  'score: a query alone is answered as in a batch': {
    fitted: scoring((scores, queries) => {
      if (queries.size === 1) scores.set(scores.map((score) => score + 1));
    }),
  },
  'score: the order of the queries does not matter': {
    fitted: scoring((scores, queries) => {
      if (queries.users[0]! > queries.users[1]!) scores.set(scores.map((score) => score + 1));
    }),
  },
  'score: ragged candidates get the shared scores': {
    fitted: scoring((scores, _queries, _width, { kind }) => {
      if (kind === 'ragged') scores.set(scores.map((score) => score + 1));
    }),
  },
  'score: users without history': {
    fitted: scoring((_scores, { size, histories }) => {
      if (size > 1 && histories.items.length === 0) throw new TypeError('no history');
    }),
  },
  'recommend: the best by score': {
    fitted: (good) => ({
      ...good,
      recommend: async (queries, n, limits) =>
        (await good.recommend!(queries, n, limits)).map(({ items, scores }) => ({
          items,
          scores: scores.map((score) => score + 1),
        })),
    }),
  },
  'recommend: a query alone is answered as in a batch': {
    fitted: (good) => ({
      ...good,
      recommend: (queries, n, limits) => good.recommend!(queries, queries.size === 1 ? n - 1 : n, limits),
    }),
  },
  'recommend: obeys exclude and allow': {
    fitted: (good) => ({
      ...good,
      recommend: (queries, n, limits) => good.recommend!(queries, n, { exclude: limits.exclude }),
    }),
  },
  'similarItems: within the limits, without the item itself': {
    fitted: (good) => ({
      ...good,
      similarItems: async (items) =>
        Array.from(items, (item) => ({ items: Int32Array.of(item), scores: Float32Array.of(1) })),
    }),
  },
  'vectors: one row for each item and query': {
    fitted: (good) => ({ ...good, itemVectors: () => ({ rows: 1, columns: 2, data: Float32Array.of(1, 2) }) }),
  },
  'capabilities.coldUsers: history': {
    fitted: scoring((scores, queries, width) => {
      for (let q = 0; q < queries.size; q++) {
        if (queries.users[q]! < 0) scores.fill(Number.NaN, q * width, (q + 1) * width);
      }
    }),
  },
  'capabilities.coldUsers: attributes': { capabilities: { coldUsers: ['history', 'attributes'] } },
  'capabilities.coldUsers: alike': { capabilities: { coldUsers: ['alike'] } },
  'capabilities.coldUsers: none': { capabilities: { coldUsers: [] } },
  'capabilities.coldItems': { capabilities: { coldItems: true } },
  'capabilities.context': { capabilities: { context: true } },
  'capabilities.sequential': { capabilities: { sequential: true } },
  'capabilities.calibrated': { capabilities: { calibrated: 'probability' } },
  'data: empty': {
    data: (of) => {
      if (of.interactions.length === 0) throw new TypeError('nothing there');
    },
  },
  'data: one user': {
    data: (of) => {
      if (of.users.size === 1) throw new TypeError('one user');
    },
  },
  'data: one item': {
    data: (of) => {
      if (of.items.size === 1) throw new TypeError('one item');
    },
  },
  'data: NaN values spoil nothing': {
    learned: (learned, of) => {
      const ratings = of.interactions.values.filter((_, k) => of.interactions.types[k] === 0);
      const mean = ratings.reduce((sum, value) => sum + value, 0) / ratings.length;
      return { ...learned, noise: learned.noise.map((noise) => noise + mean) };
    },
  },
};

it('passes a model that keeps its contract', () => expectFailures(checksOf(), []));

it('has a broken model for each check', () => {
  expect(checksOf().map(({ name }) => name)).toEqual(Object.keys(BREACHES));
});

for (const [name, breach] of Object.entries(BREACHES)) {
  it(`fails a model by "${name}" alone`, () => expectFailures(checksOf(breach), [name]));
}
