import type { Component, ComponentState, Dataset, FitOptions, Model, TensorRuntime } from 'recograph';
import { noFeatures } from 'recograph';
import { describe, expect, it } from 'vitest';
import { contextWorld, twistedWorld } from './context-world.ts';
import { fitOptions, itemSet, noInputs, stranger, tiny } from './tiny.ts';

/**
 * What every pointwise model over fields of users, items and contexts keeps, whatever its equation. `settings` learn a tiny
 * world in seconds; `short` is what an interrupted training runs with besides.
 */
export const fieldModelTests = (
  component: Component<'model'>,
  runtime: () => TensorRuntime,
  settings: object,
  short: object = {},
): void => {
  const model = (config: object = {}) =>
    component.create(component.schema.parse(config) as never, { runtime: runtime() } as never) as Model;
  const learn = (data: Dataset, config: object = {}, options: Partial<FitOptions> = {}) =>
    model(config).fit(data, noInputs, fitOptions(options));

  it('predicts values', async () => {
    const events = Array.from({ length: 40 }, (_, k) => {
      const [user, item] = [k % 2, (k >> 1) % 2];
      return { user, item, label: 1, value: 3 + (user === item ? 1 : -1) };
    });
    const { data, ask, set } = contextWorld(events);
    const fitted = await learn(data, { ...settings, task: 'regression' });
    const scores = await fitted.score(ask({ user: 0 }, { user: 1 }), set([0], [1]));
    for (const [k, value] of [4, 2, 2, 4].entries()) expect(Math.abs(scores[k]! - value)).toBeLessThan(0.1);
    expect(fitted.capabilities.calibrated).toBe('value');
  });

  it('draws negatives where only positives were recorded', async () => {
    // Everybody chose items 0 and 1; 2 to 5 are never chosen.
    const rows = Array.from({ length: 16 }, (_, k) => [k >> 1, k % 2]);
    const data = tiny(8, 6, rows);
    const fitted = await learn(data, settings);
    expect(fitted.capabilities.calibrated).toBe('none');
    const scores = await fitted.score({ ...stranger(), users: Int32Array.of(3) }, itemSet(0, 1, 2, 3, 4, 5));
    expect(Math.min(...scores.slice(0, 2))).toBeGreaterThan(Math.max(...scores.slice(2)));
  });

  describe('a fitted model', () => {
    const { data, ask, set } = twistedWorld();
    let shared: ReturnType<typeof learn> | undefined;
    const fittedOnce = () => {
      shared ??= learn(data, settings);
      return shared;
    };
    const evening = { user: 0, context: { time: 'evening', load: 1 } };
    const morning = { user: 0, context: { time: 'morning', load: 1 } };
    const nobody = { user: -1, context: { time: 'morning' }, attributes: { age: 20 } };

    it("changes its scores with the request's context", async () => {
      const fitted = await fittedOnce();
      const [a, b] = await fitted.score(ask(morning, evening), set([0]));
      expect(fitted.capabilities.context).toBe(true);
      expect(a).not.toBeCloseTo(b!, 3);
    });

    it('scores unknown users and items by their attributes, and has NaN where it knows nothing', async () => {
      const fitted = await fittedOnce();
      expect(fitted.capabilities).toMatchObject({ coldUsers: ['attributes'], coldItems: true });
      const scores = await fitted.score(ask(nobody), set([9, { genre: 'noir', price: 0, tags: ['noir'] }]));
      expect(scores[0]).toBeGreaterThan(0);
      const bare = await learn(data, { ...settings, epochs: 1, fields: [] });
      expect(bare.capabilities).toMatchObject({ coldUsers: [], coldItems: false });
      expect([...(await bare.score(ask(morning, nobody), set([0], [9])))].map(Number.isNaN)).toEqual([
        false,
        true,
        true,
        true,
      ]);
    });

    it('answers without any attributes', async () => {
      const bare = { ...ask(morning), context: noFeatures(1), userFeatures: noFeatures(1) };
      for (const p of await (await fittedOnce()).score(bare, itemSet(0, 1))) expect(Number.isFinite(p)).toBe(true);
    });

    it('gives the same alone as in a batch, ragged as shared, restored as fitted', async () => {
      const fitted = await fittedOnce();
      const queries = [morning, evening, nobody];
      const items = set([0], [1], [7]);
      const all = [...(await fitted.score(ask(...queries), items))];
      const single = await Promise.all(queries.map(async (query) => [...(await fitted.score(ask(query), items))]));
      expect(single.flat()).toHaveLength(all.length);
      for (const [k, score] of single.flat().entries()) expect(score).toBeCloseTo(all[k]!, 5);
      const { indices, features } = set([0], [1], [7], [0], [1], [7], [0], [1], [7]);
      const ragged = { kind: 'ragged', offsets: Uint32Array.of(0, 3, 6, 9), indices, features } as const;
      for (const [k, score] of (await fitted.score(ask(...queries), ragged)).entries())
        expect(score).toBeCloseTo(all[k]!, 5);
      const state = structuredClone(fitted.state());
      const restored = await model().restore({ ...state, json: JSON.parse(JSON.stringify(state.json)) }, noInputs);
      expect([...(await restored.score(ask(...queries), items))]).toEqual(all);
    });

    it('is the same for the same seed, and for a training that was interrupted', async () => {
      const brief = { ...settings, ...short, epochs: 3 };
      const expected = (await learn(data, brief)).state();
      expect((await learn(data, brief)).state()).toEqual(expected);
      let saved: ComponentState | undefined;
      const stop = new AbortController();
      const checkpoint = {
        load: async () => saved,
        save: async (state: ComponentState) => {
          saved = structuredClone(state);
          stop.abort();
        },
      };
      await expect(learn(data, brief, { checkpoint, signal: stop.signal })).rejects.toMatchObject({
        code: 'CANCELLED',
      });
      expect((await learn(data, brief, { checkpoint })).state()).toEqual(expected);
    });

    it('stops early on the validation part', async () => {
      const metrics: number[] = [];
      const report = ({ metric }: { metric?: number }) => metric !== undefined && metrics.push(metric);
      await learn(data, { ...settings, patience: 2 }, { validation: data, report });
      expect(metrics.length).toBeLessThan(60);
      expect(Math.max(...metrics)).toBe(metrics.at(-3));
    });

    it('leaves no tensor behind', async () => {
      const before = runtime().describe().tensors;
      (await learn(data, { ...settings, epochs: 1 })).dispose?.();
      expect(runtime().describe().tensors).toBe(before);
    });
  });
};
