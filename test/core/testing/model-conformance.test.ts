import {
  defineModel,
  type FitOptions,
  type FittedModel,
  type Progress,
  type QueryBatch,
  scoreRows,
  type Tensor,
} from 'recograph';
import { conformanceData, modelConformance } from 'recograph/testing';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { expectFailures } from './only-fails.ts';
import { type Breach, type Learned, toyModel } from './toy-model.ts';

const data = () => conformanceData(3, { users: 10, items: 8 });
const checksOf = (breach: Breach = {}) => modelConformance(toyModel(breach), { data: data(), runtime: 'cpu' });
const notAborted = new AbortController().signal;
const DAY_MS = 86_400_000;

/** Options of somebody who sees only some aborts: `sees` is told after how many reports one came. */
const seeing = (options: FitOptions, sees: (reports: number) => boolean): FitOptions => {
  let reports = 0;
  let visible = false;
  options.signal.addEventListener('abort', () => {
    visible = sees(reports);
  });
  const signal = new Proxy(options.signal, {
    get: (target, key) => (key === 'aborted' ? visible : Reflect.get(target, key, target)),
  });
  const report = (progress: Progress) => {
    reports++;
    options.report(progress);
  };
  return { ...options, signal, report };
};

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
  'fit: neither the date nor Math.random matters': {
    fitted: scoring((scores) => scores.set(scores.map((score) => score + Math.floor(Date.now() / DAY_MS / 100)))),
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
  'state: JSON and tensors that a bundle keeps': {
    fitted: (good) => {
      const { json, tensors } = good.state();
      return { ...good, state: () => ({ json: { ...Object(json), since: undefined }, tensors }) };
    },
  },
  'state: a restored one answers as the one that was saved': {
    restored: (learned: Learned) => ({ ...learned, noise: new Float32Array(learned.items) }),
  },
  'state: restoring and answering write nothing into it': {
    restored: (learned: Learned) => {
      const noise = learned.noise.slice();
      learned.noise.fill(0);
      return { ...learned, noise };
    },
  },
  'inputs: nothing given is changed': { fitted: scoring((_, queries) => queries.now.fill(0)) },
  'cancel: before it starts': {
    options: (options) => (options.signal.aborted ? { ...options, signal: notAborted } : options),
  },
  'cancel: within one report': {
    options: (options) => (options.signal.aborted ? options : seeing(options, (reports) => reports === 0)),
  },
  'cancel: at the first turn of the event loop': {
    options: (options) => (options.signal.aborted ? options : seeing(options, (reports) => reports > 0)),
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
  'score: a Float32Array': {
    fitted: ({ recommend: _, ...good }) => ({
      ...good,
      score: async (queries, items) => new Float64Array(await good.score(queries, items)) as never,
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
  'recommend, similarItems, vectors: arrays of the stated types': {
    fitted: (good) => {
      const { rows, columns, data: vectors } = good.itemVectors!();
      return { ...good, itemVectors: () => ({ rows, columns, data: Float64Array.from(vectors) as never }) };
    },
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
  'vectors: none for an item that nobody chose': {
    fitted: (good) => {
      const { rows, columns, data: vectors } = good.itemVectors!();
      const data = vectors.slice().fill(0.5, (rows - 1) * columns);
      return { ...good, itemVectors: () => ({ rows, columns, data }) };
    },
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

/** What cannot be broken without breaking something else: who draws without the seed draws other numbers each time. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  'fit: the same seed gives the same answers and state': ['fit: neither the date nor Math.random matters'],
};

it('passes a model that keeps its contract', () => expectFailures(checksOf(), []));

it('has a broken model for each check', () => {
  const slow = Object.keys(SLOW);
  expect(checksOf().flatMap(({ name }) => (slow.includes(name) ? [] : [name]))).toEqual(Object.keys(BREACHES));
});

for (const [name, breach] of Object.entries(BREACHES)) {
  it(`fails a model by "${name}" alone`, () => expectFailures(checksOf(breach), [name, ...(ALSO[name] ?? [])]));
}

/** Blocks the event loop, as a long loop would. */
const block = (milliseconds: number) => {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
};

/** What takes long in every check; each is run in its own alone. */
const SLOW: Readonly<Record<string, Breach>> = {
  'turns: others have a turn while it fits': { data: () => block(400) },
  'turns: others have a turn while it answers': { fitted: scoring(() => block(200)) },
};

for (const [name, breach] of Object.entries(SLOW)) {
  it(`fails a model by "${name}"`, async () => {
    const checks = checksOf(breach).filter((check) => check.name === name);
    await expectFailures(checks, [name]);
  });
}

it('fails a model that answers from the last one fitted, wherever that was', async () => {
  let last: FittedModel | undefined;
  const forgetful: Breach = {
    fitted: (good) => {
      last = good;
      return { ...good, score: (queries, items) => last!.score(queries, items) };
    },
  };
  const [check] = checksOf(forgetful).filter(({ name }) => name === 'fit: leaves earlier ones as they were');
  await expectFailures([check!], [check!.name]);
});

it.each([
  ['a Date', { at: new Date(0) }],
  ['NaN', { mean: Number.NaN }],
  ['a Map', { names: new Map() }],
])('fails a model whose JSON holds %s, and says where', async (_what, json) => {
  const check = checksOf({ fitted: (good) => ({ ...good, state: () => ({ json: json as never, tensors: {} }) }) }).find(
    ({ name }) => name === 'state: JSON and tensors that a bundle keeps',
  )!;
  await expect(check.run()).rejects.toThrow(`json.${Object.keys(json)[0]} is`);
});

it('fails a model whose tensors are of a type that no bundle keeps', async () => {
  const state = () => ({ json: null, tensors: { code: { shape: [2], data: Int16Array.of(1, 2) as never } } });
  const check = checksOf({ fitted: (good) => ({ ...good, state }) }).find(
    ({ name }) => name === 'state: JSON and tensors that a bundle keeps',
  )!;
  await expect(check.run()).rejects.toThrow('tensors.code is a Int16Array');
});

it('asks no signal and no report of a model whose fit is over before the event loop turns', async () => {
  const instant = defineModel({
    type: 'constant',
    create: () => {
      const fitted = (items: number): FittedModel => ({
        capabilities: {
          feedback: ['implicit'],
          coldUsers: ['alike'],
          coldItems: false,
          sequential: false,
          context: false,
          calibrated: 'none',
        },
        score: async (queries, set) =>
          scoreRows(queries, set, (_, indices, scores) => {
            indices.forEach((item, k) => {
              scores[k] = item < items ? 1 / (1 + item) : Number.NaN;
            });
          }),
        state: () => ({ json: items, tensors: {} }),
      });
      return {
        fit: async ({ items }) => fitted(items.size),
        restore: ({ json }) => fitted(json as number),
      };
    },
  });
  await expectFailures(modelConformance(instant, { data: data() }), []);
});
