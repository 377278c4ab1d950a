import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRecommender, defineConfig, definePlugin, defineSplitter, type SplitRows } from 'recograph';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-splitters-'));
  const rows = Array.from({ length: 60 }, (_, k) => `u${k % 6},i${Math.floor(k / 6) + (k % 6)},${1_600_000_000 + k}`);
  await writeFile(join(folder, 'events.csv'), ['user,item,time', ...rows].join('\n'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Every `each`-th event is tested. */
const everyOther = defineSplitter({
  type: 'every-other',
  config: z.strictObject({ each: z.int().min(2).default(2), folds: z.int().positive().default(1) }),
  create: ({ each, folds }) => ({
    split: ({ length }) => {
      const rows = (fold: number, test: boolean) =>
        Uint32Array.from({ length }, (_, row) => row).filter((row) => (row % each === fold) === test);
      return Array.from({ length: folds }, (_, fold) => ({
        ...{ train: rows(fold, false), validation: new Uint32Array(0), test: rows(fold, true) },
      }));
    },
  }),
});
const plugin = definePlugin({ name: 'splits', apiVersion: 1, components: [everyOther] });
const given = (rows: () => readonly SplitRows[]) =>
  definePlugin({
    name: 'given-rows',
    apiVersion: 1,
    components: [defineSplitter({ type: 'given-rows', create: () => ({ split: rows }) })],
  });

const data = () => ({
  interactions: { path: 'events.csv', format: 'csv', columns: { user: 'user', item: 'item', time: 'time' } } as const,
});
const models = { pop: { use: 'popularity' } } as const;

const run = async <T>(
  config: object | URL,
  use: (recommender: Awaited<ReturnType<typeof createRecommender>>) => Promise<T>,
): Promise<T> => {
  const recommender = await createRecommender(config, { folder });
  try {
    return await use(recommender);
  } finally {
    await recommender.close();
  }
};
const evaluated = (config: object | URL) =>
  run(config, async (recommender) => {
    await recommender.import();
    return recommender.evaluate();
  });

describe("a plugin's split", () => {
  it('parts the events as its config says, defaults filled in', async () => {
    const config = (split: { use: 'every-other'; config?: { each?: number } }) =>
      defineConfig({ plugins: [plugin], data: data(), models, evaluation: { split, metrics: ['hr@5'] } });
    const half = await evaluated(config({ use: 'every-other' }));
    expect(half.protocol.split).toEqual({ use: 'every-other', config: { each: 2, folds: 1 } });
    const tenth = await evaluated(config({ use: 'every-other', config: { each: 10 } }));
    expect(tenth.protocol.split).toMatchObject({ config: { each: 10 } });
    expect(tenth.fingerprint).not.toBe(half.fingerprint);
  });

  it('gives a figure of each fold, and their mean', async () => {
    const split = { use: 'every-other', config: { each: 3, folds: 3 } } as const;
    const config = { plugins: [plugin], data: data(), models, evaluation: { split, metrics: ['hr@5'] } };
    const [result] = (await evaluated(config)).results;
    const folds = result!.folds!.map(({ metrics }) => metrics['hr@5']!);
    expect(folds).toHaveLength(3);
    expect(result!.metrics['hr@5']).toBeCloseTo(folds.reduce((a, b) => a + b, 0) / 3, 12);
  });

  it('is what a training measures by', async () => {
    const split = { use: 'every-other', config: { each: 3, folds: 2 } } as const;
    const config = {
      ...{ plugins: [plugin], data: data(), models, pipelines: { home: { candidates: [{ model: 'pop' }] } } },
      evaluation: { split, metrics: ['hr@5'] },
    };
    const report = await run(config, (recommender) => recommender.import().then(() => recommender.train()));
    expect(report.metrics['pipelines.home']!['hr@5']).toEqual(expect.any(Number));
  });

  it('works from a YAML config with a plugin by its path', async () => {
    const recograph = JSON.stringify(import.meta.resolve('recograph'));
    await writeFile(
      join(folder, 'halves.ts'),
      `import { definePlugin, defineSplitter } from ${recograph};
       const halves = defineSplitter({ type: 'halves', create: () => ({ split: ({ length }) => [{
         train: Uint32Array.from({ length: length - 30 }, (_, k) => k), validation: new Uint32Array(0),
         test: Uint32Array.from({ length: 30 }, (_, k) => length - 30 + k) }] }) });
       export default definePlugin({ name: 'halves', apiVersion: 1, components: [halves] });`,
    );
    await writeFile(
      join(folder, 'recograph.config.yaml'),
      `plugins: [./halves.ts]
data: { interactions: { path: events.csv, format: csv, columns: { user: user, item: item, time: time } } }
models: { pop: { use: popularity } }
evaluation: { split: { use: halves }, metrics: [hr@5] }
`,
    );
    const { protocol } = await evaluated(pathToFileURL(join(folder, 'recograph.config.yaml')));
    expect(protocol.split).toEqual({ use: 'halves', config: {} });
  });
});

describe('refuses', () => {
  const open = (plugins: unknown[], split: object) =>
    run({ plugins, data: data(), models, evaluation: { split, metrics: ['hr@5'] } }, async () => undefined);

  it('a split that nobody declares, with those that are known', async () => {
    await expect(open([plugin], { use: 'every-othr' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/evaluation\.split\.use.*every-othr.*Did you mean "every-other"\?.*temporal/),
    });
  });

  it('what its config does not allow, with the path', async () => {
    await expect(open([plugin], { use: 'every-other', config: { each: 1 } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      at: 'evaluation.split.config.each',
    });
    await expect(open([plugin], { use: 'every-other', config: { eech: 3 } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('Did you mean "each"?'),
    });
  });

  it('a plugin whose split has the name of a built-in one', async () => {
    const taken = defineSplitter({ type: 'random', create: () => ({ split: () => [] }) });
    const own = definePlugin({ name: 'own', apiVersion: 1, components: [taken] });
    await expect(open([own], { use: 'random' })).rejects.toMatchObject({
      code: 'PLUGIN_INVALID',
      message: expect.stringContaining('Plugin "own" declares the splitter "random"'),
    });
  });

  const rows = (train: number[], test: number[]) => [
    { train: Uint32Array.from(train), validation: new Uint32Array(0), test: Uint32Array.from(test) },
  ];
  it.each([
    ['no fold', [], 'gave no fold'],
    ['rows that do not exist', rows([0, 1], [60]), 'row 60 into test; there are 60 events, rows 0..59'],
    ['a row in two parts', rows([0, 1], [1, 2]), 'row 1 into two parts'],
    ['rows out of order', rows([1, 0], [2]), 'do not ascend'],
  ])('%s', async (_, folds, problem) => {
    const config = {
      ...{ plugins: [given(() => folds)], data: data(), models },
      evaluation: { split: { use: 'given-rows' }, metrics: ['hr@5'] },
    };
    await expect(evaluated(config)).rejects.toMatchObject({
      code: 'INTERNAL',
      at: 'evaluation.split',
      message: expect.stringContaining(problem),
    });
  });
});
