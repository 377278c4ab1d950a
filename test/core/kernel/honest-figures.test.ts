import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecommender, defineMetric, definePlugin } from 'recograph';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-figures-'));
});
afterEach(() => rm(folder, { recursive: true }));

const files = async (texts: Record<string, string>) => {
  for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text);
};
const source = (name: string) => ({
  path: join(folder, name),
  format: 'csv',
  columns: { user: 'user', item: 'item', time: 'time', value: 'value' },
});
const MERGES = ['reciprocal-rank', 'mixed', 'switching', 'weighted'] as const;

const evaluated = async (config: Record<string, unknown>) => {
  const recommender = await createRecommender({ store: { path: join(folder, 'store.sqlite') }, ...config } as never);
  try {
    await recommender.import();
    return await recommender.evaluate();
  } finally {
    await recommender.close();
  }
};

describe('a tie counts against', () => {
  // i1 and i2 have two clicks each, i3 and i4 one; u9 had i1 and i2 and goes on to i3: of i3 and i4 nobody knows which.
  const train = ['u1,i1', 'u2,i1', 'u1,i2', 'u2,i2', 'u3,i3', 'u4,i4', 'u9,i1', 'u9,i2'];
  it.each(MERGES)('a model, and a pipeline of it by %s', async (merge) => {
    await files({
      'train.csv': ['user,item', ...train].join('\n'),
      'test.csv': 'user,item\nu9,i3\n',
    });
    const columns = { user: 'user', item: 'item' };
    const report = await evaluated({
      data: { interactions: { path: join(folder, 'train.csv'), format: 'csv', columns } },
      models: { pop: { use: 'popularity' }, again: { use: 'popularity' } },
      pipelines: {
        alone: { candidates: [{ model: 'pop', n: 1 }], merge },
        both: {
          candidates: [
            { model: 'pop', n: 100 },
            { model: 'again', n: 100 },
          ],
          merge,
        },
        nested: { candidates: [{ pipeline: 'both', n: 1 }], merge },
        behind: { candidates: [{ model: 'pop', n: 1 }], merge, fallback: ['again'] },
      },
      evaluation: {
        split: {
          use: 'given',
          train: { path: join(folder, 'train.csv'), format: 'csv', columns },
          test: { path: join(folder, 'test.csv'), format: 'csv', columns },
        },
        metrics: ['recall@1', 'recall@2'],
      },
    });
    expect(Object.fromEntries(report.results.map(({ target, metrics }) => [target, metrics['recall@1']]))).toEqual({
      'models.pop': 0,
      'models.again': 0,
      'pipelines.alone': 0,
      'pipelines.both': 0,
      'pipelines.nested': 0,
      'pipelines.behind': 0,
    });
    expect(report.results.find(({ target }) => target === 'pipelines.both')?.metrics['recall@2']).toBe(1);
  });
});

describe('a split that leaves too little', () => {
  const rows = (time: (k: number) => number | string) =>
    [
      'user,item,time,value',
      ...Array.from({ length: 400 }, (_, k) => `u${k % 20},i${(k * 7 + Math.floor(k / 20) * 3) % 40},${time(k)},1`),
    ].join('\n');
  const config = (split: object, metrics = ['ndcg@10']) => ({
    data: { interactions: source('events.csv') },
    models: { pop: { use: 'popularity' } },
    pipelines: { home: { candidates: [{ model: 'pop', n: 50 }] } },
    evaluation: { split, metrics },
  });

  it('is refused, with its cause, where nothing is left to train on', async () => {
    await files({ 'events.csv': rows(() => 1_600_000_000) });
    await expect(evaluated(config({ use: 'temporal', test: 0.2 }))).rejects.toMatchObject({
      code: 'DATA_EMPTY',
      at: 'evaluation.split',
      message: expect.stringMatching(
        /0 events are in train, 0 in validation, 400 in test.*All events have the same time/,
      ),
    });
  });

  it('is warned of where nearly nothing is left', async () => {
    await files({ 'events.csv': rows((k) => 1_600_000_000 + k) });
    const { warnings } = await evaluated(config({ use: 'temporal', test: 0.95 }));
    expect(warnings[0]).toMatch(/^Only 5 % of the events are left to train on: 20 events are in train/);
  });

  it('is warned of where events of one time make the test part larger than asked for', async () => {
    await files({ 'events.csv': rows((k) => 1_600_000_000 + Math.min(k, 160)) });
    const { warnings } = await evaluated(config({ use: 'temporal', test: 0.2 }));
    expect(warnings).toEqual([
      expect.stringMatching(/^The test part is 60 % of the events, where 20 % were asked for: 160 events are in train/),
    ]);
  });

  it('is not warned of where there is enough', async () => {
    await files({ 'events.csv': rows((k) => 1_600_000_000 + k) });
    expect((await evaluated(config({ use: 'temporal', test: 0.2 }))).warnings).toEqual([]);
  });
});

describe('a training', () => {
  const trained = async (config: Record<string, unknown>) => {
    const recommender = await createRecommender({ store: { path: join(folder, 'store.sqlite') }, ...config } as never);
    try {
      await recommender.import();
      return await recommender.train();
    } finally {
      await recommender.close();
    }
  };
  const events = (time: (k: number) => number) =>
    [
      'user,item,time',
      ...Array.from({ length: 400 }, (_, k) => `u${k % 20},i${(k * 7 + Math.floor(k / 20) * 3) % 40},${time(k)}`),
    ].join('\n');
  const columns = { user: 'user', item: 'item', time: 'time' };
  const data = () => ({ interactions: { path: join(folder, 'events.csv'), format: 'csv', columns } });

  it('gives a ranker something to learn from where all events have one time', async () => {
    await files({ 'events.csv': events(() => 1_600_000_000) });
    const report = await trained({
      data: data(),
      models: { taste: { use: 'als', config: { factors: 4, epochs: 2 } } },
      rankers: { main: { use: 'softmax', config: { features: ['taste.score'] } } },
      pipelines: { home: { candidates: [{ model: 'taste', n: 40 }], ranker: 'main' } },
    });
    expect(report.active).toBe(true);
  });

  it('says why it has no figures', async () => {
    await files({ 'events.csv': events((k) => 1_600_000_000 + k) });
    const evaluation = { split: { use: 'random', test: 0.2 }, metrics: ['logloss'] };
    const models = { pop: { use: 'popularity' } };
    const funnel = { home: { candidates: [{ model: 'pop', n: 10 }] } };
    const report = await trained({ data: data(), models, pipelines: funnel, evaluation });
    expect(report.why).toEqual({
      'pipelines.home': { logloss: 'a pipeline gives lists, not a score for each test row' },
    });
    expect(report.warnings).toContainEqual(expect.stringMatching(/no figures.*names none over lists.*evaluate/));
    expect((await trained({ data: data(), models, evaluation })).warnings).toContainEqual(
      expect.stringMatching(/no figures.*the config has none/),
    );
  });
});

describe('a metric that is undefined', () => {
  const labels = (label: (k: number) => number) =>
    [
      'user,item,time,value',
      ...Array.from(
        { length: 200 },
        (_, k) => `u${k % 20},i${(k * 7 + Math.floor(k / 20) * 3) % 40},${1_600_000_000 + k},${label(k)}`,
      ),
    ].join('\n');
  const config = (metrics: string[], feedback = {}) => ({
    data: { interactions: source('events.csv'), feedback },
    models: { pop: { use: 'popularity' } },
    pipelines: { home: { candidates: [{ model: 'pop', n: 50 }] } },
    evaluation: { split: { use: 'random', test: 0.2 }, metrics },
  });

  it('is refused before anything is trained where the labels of a click log have no rule', async () => {
    await files({ 'events.csv': labels((k) => k % 2) });
    await expect(evaluated(config(['auc'], { rating: { kind: 'implicit' } }))).rejects.toMatchObject({
      code: 'DATA_INVALID',
      at: 'evaluation.metrics',
      message: expect.stringMatching(/auc.*all 40 test events are positives.*kind: 'explicit', min: 1/),
    });
    const [model] = (await evaluated(config(['auc'], { rating: { kind: 'explicit', min: 1 } }))).results;
    expect(model!.metrics.auc).toEqual(expect.any(Number));
  });

  it('says why it is null', async () => {
    await files({ 'events.csv': labels(() => 5) });
    const never = defineMetric({ type: 'never', create: () => ({ over: 'list', prepare: () => () => Number.NaN }) });
    const plugins = [definePlugin({ name: 'never', apiVersion: 1, components: [never] })];
    const { results } = await evaluated({ plugins, ...config(['ndcg@10', 'never@10']) });
    expect(results[0]!.metrics).toEqual({ 'ndcg@10': expect.any(Number), 'never@10': null });
    expect(results[0]!.why).toEqual({ 'never@10': expect.stringContaining('gave no number for any of the') });
  });
});
