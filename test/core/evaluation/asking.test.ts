import type { FittedModel, QueryBatch } from 'recograph';
import { createDataset } from 'recograph';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../core/evaluation/index.ts';
import { dataset, type Event, modelOf, options, parts, protocol } from './support.ts';

const historyItems = ({ histories }: QueryBatch, q: number): number[] => [
  ...histories.items.subarray(histories.offsets[q]!, histories.offsets[q + 1]!),
];

describe('what a query knows', () => {
  const given = parts(1, 6, {
    train: [
      [0, 1, 1, 20],
      [0, 0, 0, 10],
    ],
    validation: [[0, 2, 1, 30]],
    test: [
      [0, 3, 0, 40],
      [0, 4, 1, 50],
    ],
  });
  const ask = async (mask: 'train' | 'train+validation' | 'none') => {
    const model = modelOf(() => 1);
    await evaluate([{ name: 'm', model }], given, protocol(['hr@1'], { mask }), options);
    return model.asked[0]!;
  };

  it('is exactly what is masked', async () => {
    expect(historyItems(await ask('train'), 0)).toEqual([0, 1]);
    expect(historyItems(await ask('train+validation'), 0)).toEqual([0, 1, 2]);
    expect(historyItems(await ask('none'), 0)).toEqual([]);
  });

  it('is asked at the time of the first held-out positive', async () => {
    expect([...(await ask('train')).now]).toEqual([50]);
  });
});

describe('pointwise metrics', () => {
  const test: Event[] = [
    [0, 0, 1, 30, 4],
    [0, 1, 0, 40, 2],
    [1, 0, 1, 50, 5],
  ];
  const given = parts(2, 2, { train: [[0, 1, 1, 10, 3]], test });

  it('score every test row at its own time with its user’s history', async () => {
    const model = modelOf((user, item) => 4 - user - item, { calibrated: 'value' });
    const { report } = await evaluate([{ name: 'm', model }], given, protocol(['rmse', 'mae', 'auc']), options);
    // predicted 4, 3, 3 for 4, 2, 5
    const { metrics, interval } = report.results[0]!;
    expect(metrics).toEqual({ rmse: Math.sqrt(5 / 3), mae: 1, auc: (1 + 1 / 2) / 2 });
    expect(interval.mae).toEqual([0.5, 2]);
    expect([...model.asked[0]!.now]).toEqual([30, 40, 50]);
    expect([0, 1, 2].map((q) => historyItems(model.asked[0]!, q))).toEqual([[1], [1], []]);
    expect(report.users).toBe(2);
  });

  it('give each row its own context', async () => {
    const bare = dataset(2, 2, test, 100);
    const codes = Int32Array.of(7, 8, 9);
    const context = { rows: 3, columns: { hour: { kind: 'categorical', size: 24, codes } as const } };
    const withContext = createDataset({ ...bare, interactions: { ...bare.interactions, context } });
    const model = modelOf(() => 1);
    await evaluate([{ name: 'm', model }], { ...given, test: withContext }, protocol(['auc']), options);
    expect(model.asked[0]!.context).toEqual(context);
  });

  it('leave out rows that cannot be scored, and count them', async () => {
    const model = modelOf((user, item) => (user === 1 ? Number.NaN : 3 - item), { calibrated: 'value' });
    const { report } = await evaluate([{ name: 'm', model }], given, protocol(['mae']), options);
    expect(report.results[0]).toMatchObject({ metrics: { mae: 0.5 }, unscoredRows: 1 });
  });

  it('skip pipelines and models whose scores mean something else', async () => {
    const pipeline = { recommend: async () => [] };
    const targets = [
      { name: 'pipelines.p', pipeline },
      { name: 'models.m', model: modelOf(() => 0.5, { calibrated: 'probability' }) },
    ];
    const { report } = await evaluate(targets, given, protocol(['rmse', 'logloss']), options);
    expect(report.results.map(({ metrics }) => Object.keys(metrics))).toEqual([[], ['logloss']]);
    expect(report.results.map(({ skipped }) => Object.keys(skipped!))).toEqual([['rmse', 'logloss'], ['rmse']]);
    expect(report.results[1]!.metrics.logloss).toBeCloseTo(Math.LN2, 7);
  });
});

describe('a long evaluation', () => {
  const given = parts(5000, 3, { test: Array.from({ length: 5000 }, (_, user): Event => [user, 0]) });

  it('tells how far it is', async () => {
    const done: number[] = [];
    const report = (progress: { done: number; total: number }) => done.push(progress.done / progress.total);
    await evaluate([{ name: 'm', model: modelOf(() => 1) }], given, protocol(['hr@1']), { ...options, report });
    expect(done).toEqual([4096 / 5000, 1]);
  });

  it('stops within one batch when cancelled', async () => {
    const cancel = new AbortController();
    const inner = modelOf(() => 1);
    const model: FittedModel = {
      ...inner,
      score: (queries, items) => {
        cancel.abort();
        return inner.score(queries, items);
      },
    };
    const running = evaluate([{ name: 'm', model }], given, protocol(['hr@1']), { ...options, signal: cancel.signal });
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(inner.asked).toHaveLength(1);
  });

  it('refuses a model that gives too few scores', async () => {
    const model: FittedModel = { ...modelOf(() => 1), score: async () => new Float32Array(1) };
    const running = evaluate([{ name: 'models.m', model }], given, protocol(['hr@1']), options);
    await expect(running).rejects.toMatchObject({ code: 'INTERNAL', at: 'models.m' });
  });
});
