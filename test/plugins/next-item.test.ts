import {
  type Component,
  createRuntime,
  type Dataset,
  type FittedModel,
  type Model,
  type OwnedRuntime,
  queriesOf,
} from 'recograph';
import { createKernels } from 'recograph/math';
import { attention } from 'recograph/plugins/attention';
import { rnn } from 'recograph/plugins/rnn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fitOptions, itemSet, noInputs, noLimits, stranger, tiny } from '../support/tiny.ts';

let runtime: OwnedRuntime;
let kernels: Awaited<ReturnType<typeof createKernels>>;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
  kernels = await createKernels({ threads: 1 });
});
afterAll(async () => {
  runtime.dispose();
  await kernels.dispose();
});

const ITEMS = 12;
/** Everybody walks round the items in steps of one or of five; which, only the last two items together tell. */
const walks = (users: number, steps: number): Dataset =>
  tiny(
    users,
    ITEMS,
    Array.from({ length: users }, (_, u) =>
      Array.from({ length: steps + (u % 4) }, (_, t) => [u, (u * 7 + t * (u % 2 === 0 ? 1 : 5)) % ITEMS, 1, t]),
    ).flat(),
  );
const train = walks(60, 6);
const everyItem = itemSet(...Array.from({ length: ITEMS }, (_, i) => i));
const rankOf = (scores: Float32Array, item: number): number => scores.filter((score) => score >= scores[item]!).length;

/** What is told apart of the models here, and how far down the next item may stand for what else they can be told. */
const MODELS: readonly { component: Component; settings: object; variants: [config: object, worst: number][] }[] = [
  { component: attention, settings: { dimensions: 16, dropout: 0.1, epochs: 30 }, variants: [] },
  {
    component: rnn,
    settings: { dimensions: 16, units: 24, dropout: 0, epochs: 40 },
    variants: [
      [{ cell: 'lstm' }, 1],
      [{ cell: 'simple' }, 1],
      [{ layers: 2 }, 1],
    ],
  },
];
const SHARED = { length: 10, batchSize: 16, learningRate: 0.02, negatives: 8 };
const create = (component: Component, config: object): Model =>
  component.create(component.schema.parse({ ...SHARED, ...config }) as never, { runtime, kernels } as never) as Model;

describe.each(MODELS.map((entry) => [entry.component.type, entry] as const))(
  '%s',
  (_, { component, settings, variants }) => {
    const model = (config: object) => create(component, { ...settings, ...config });
    const fitted = new Map<string, Promise<FittedModel>>();
    const learn = (config: object = {}): Promise<FittedModel> => {
      const key = JSON.stringify(config);
      if (!fitted.has(key)) fitted.set(key, model(config).fit(train, noInputs, fitOptions()));
      return fitted.get(key)!;
    };

    // `bce` never holds a step against what its user takes later: it cannot tell the next item from those behind it.
    it.each<[object, number]>([
      [{}, 1],
      [{ loss: 'softmax' }, 1],
      [{ loss: 'bce' }, 6],
      [{ augment: ['crop', 'mask'] }, 3],
      ...variants,
    ])('learns a walk that needs two steps back: %o', async (config, worst) => {
      const fit = await learn(config);
      for (const start of [0, 3, 8]) {
        for (const step of [1, 5]) {
          const walk = Array.from({ length: 4 }, (_, t) => (start + t * step) % ITEMS);
          const scores = await fit.score(stranger(...walk), everyItem);
          expect(rankOf(scores, (start + 4 * step) % ITEMS)).toBeLessThanOrEqual(worst);
        }
      }
    });

    it('follows the events of a live session, known user or not', async () => {
      const fit = await learn();
      const session = [2, 3, 4, 5, 6];
      for (let seen = 3; seen <= session.length; seen++) {
        const query = stranger(...session.slice(0, seen));
        const [list] = await fit.recommend!(query, 1, noLimits(1));
        expect(list!.items[0]).toBe(session[seen - 1]! + 1);
        const known = await fit.score({ ...query, users: Int32Array.of(4) }, everyItem);
        expect(known).toEqual(await fit.score(query, everyItem));
      }
    });

    it('has no score without a history', async () => {
      const fit = await learn();
      expect((await fit.score(stranger(), everyItem)).every(Number.isNaN)).toBe(true);
      expect((await fit.recommend!(stranger(), 3, noLimits(1)))[0]!.items).toHaveLength(0);
    });

    it('reads only the newest steps of a long history', async () => {
      const fit = await learn();
      const long = Array.from({ length: 40 }, (_, t) => (t * 5) % ITEMS);
      const scores = await fit.score(stranger(...long), everyItem);
      expect(scores).toEqual(await fit.score(stranger(...long.slice(-10)), everyItem));
    });

    it('ranks by the inner product of user and item vectors', async () => {
      const fit = await learn();
      const query = queriesOf(train, Int32Array.of(3));
      const items = fit.itemVectors!();
      const user = (await fit.userVectors!(query)).data;
      const scores = await fit.score(query, everyItem);
      for (let i = 0; i < ITEMS; i++) {
        const product = user.reduce((sum, x, c) => sum + x * items.data[i * items.columns + c]!, 0);
        expect(product).toBeCloseTo(scores[i]!, 3);
      }
    });

    it('stops when the validation part gets no better, and keeps the best epoch', async () => {
      const validation = tiny(
        60,
        ITEMS,
        Array.from({ length: 60 }, (_, u) => [u, (u * 7 + (6 + (u % 4)) * (u % 2 === 0 ? 1 : 5)) % ITEMS, 1, 99]),
      );
      const metrics: number[] = [];
      const report = ({ metric }: { metric?: number }) => metric !== undefined && metrics.push(metric);
      // Nobody meets an item twice in so short a walk: what comes next is not masked.
      const short = walks(60, 3);
      await model({ epochs: 30, patience: 4 }).fit(short, noInputs, fitOptions({ validation, report }));
      expect(metrics.length - 1 - metrics.indexOf(Math.max(...metrics))).toBeLessThanOrEqual(4);
      expect(metrics.every((metric) => metric >= 0 && metric <= 1)).toBe(true);
    });
  },
);

// A process has one runtime: this one comes last.
it('scores the same on wasm and cpu, given equal weights', async () => {
  const queries = queriesOf(train, Int32Array.of(0, 1, 2, 3));
  const wasm = [];
  for (const { component, settings } of MODELS) {
    const fit = await create(component, { ...settings, epochs: 3 }).fit(train, noInputs, fitOptions());
    wasm.push({ state: structuredClone(fit.state()), scores: await fit.score(queries, everyItem) });
  }
  runtime.dispose();
  runtime = await createRuntime('cpu');
  for (const [m, { component, settings }] of MODELS.entries()) {
    const { state, scores } = wasm[m]!;
    const theirs = await (await create(component, settings).restore(state, noInputs)).score(queries, everyItem);
    const scale = Math.max(...scores.map(Math.abs));
    for (const [k, score] of theirs.entries()) expect(Math.abs(scores[k]! - score)).toBeLessThan(1e-4 * scale);
  }
});
