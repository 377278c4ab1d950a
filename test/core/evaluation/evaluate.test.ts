import type { ListMetric } from 'recograph';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../core/evaluation/index.ts';
import { modelOf, options, parts, protocol } from './support.ts';

const only = async (...args: Parameters<typeof evaluate>) => (await evaluate(...args)).report.results[0]!;

describe('evaluating a model', () => {
  it('ranks all items but the masked ones', async () => {
    // u0 has seen item 0, which would come first; its positives 1 and 3 come at ranks 1 and 3 of 1, 2, 3, 4
    const given = parts(1, 5, {
      train: [[0, 0]],
      test: [
        [0, 1],
        [0, 3],
      ],
    });
    const target = { name: 'models.m', model: modelOf((_, item) => -item) };
    const { metrics } = await only(
      [target],
      given,
      protocol(['recall@1', 'recall@3', 'mrr@3', 'hr@1', 'precision@4']),
      options,
    );
    expect(metrics).toEqual({ 'recall@1': 0.5, 'recall@3': 1, 'mrr@3': 1, 'hr@1': 1, 'precision@4': 0.5 });
    const unmasked = await only([target], given, protocol(['mrr@3'], { mask: 'none' }), options);
    expect(unmasked.metrics).toEqual({ 'mrr@3': 0.5 });
  });

  it('gives a model of constant scores nothing for its ties', async () => {
    const given = parts(2, 5, {
      train: [
        [0, 4],
        [1, 4],
      ],
      test: [
        [0, 0],
        [0, 1],
        [1, 0],
      ],
    });
    const target = { name: 'models.m', model: modelOf(() => 7) };
    const { metrics } = await only([target], given, protocol(['hr@2', 'recall@3', 'recall@4']), options);
    // u0: 2, 3 before 0, 1; u1: 1, 2, 3 before 0
    expect(metrics).toEqual({ 'hr@2': 0, 'recall@3': (1 / 2 + 0) / 2, 'recall@4': 1 });
  });

  it('leaves out users without a positive that could be found', async () => {
    const given = parts(3, 4, {
      train: [
        [0, 0],
        [1, 0],
        [2, 0],
      ],
      test: [
        [0, 1],
        [1, 2, 0],
        [2, 0],
      ],
    });
    const model = modelOf((_, item) => -item);
    const { report } = await evaluate([{ name: 'models.m', model }], given, protocol(['hr@1']), options);
    expect(report.users).toBe(1);
    expect(report.results[0]!.metrics).toEqual({ 'hr@1': 1 });
  });

  it('answers null and warns where there is nothing to find', async () => {
    const model = modelOf(() => 1);
    const asked = protocol(['ndcg@10', 'gini@10', 'auc']);
    const { report } = await evaluate([{ name: 'models.m', model }], parts(2, 2, { test: [] }), asked, options);
    expect(report.results[0]!.metrics).toEqual({ 'ndcg@10': null, 'gini@10': null, auc: null });
    expect(report.warnings[0]).toContain('No user has a held-out positive');
  });

  it('averages a plugin’s own metric over the users it is defined for', async () => {
    const given = parts(3, 4, {
      test: [
        [0, 0],
        [1, 1],
        [2, 2],
      ],
    });
    const firstItem: ListMetric = {
      over: 'list',
      prepare: () => (list) => (list.user === 1 ? Number.NaN : list.items[0]!),
    };
    const target = { name: 'models.m', model: modelOf((user, item) => (item === user ? 1 : 0)) };
    const own = { ...options, metrics: { 'first-item': firstItem } };
    const { metrics } = await only([target], given, protocol(['first-item@1', 'hr@1', 'coverage@1']), own);
    expect(metrics).toEqual({ 'first-item@1': 1, 'hr@1': 1, 'coverage@1': 3 / 4 });
  });
});
