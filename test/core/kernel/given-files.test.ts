import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ConfigInput,
  createRecommender,
  defineConfig,
  defineModel,
  definePlugin,
  type ItemSet,
  type QueryBatch,
} from 'recograph';
import { afterEach, beforeEach, expect, it } from 'vitest';

/** Scores every item by the number `hint` of the query's context. */
const echo = defineModel({
  type: 'echo',
  create: () => {
    const fitted = {
      capabilities: {
        feedback: ['explicit' as const],
        coldUsers: [],
        coldItems: false,
        sequential: false,
        context: true,
        calibrated: 'value' as const,
      },
      score: async ({ context }: QueryBatch, items: ItemSet) => {
        if (items.kind !== 'ragged') throw new Error('asked for rows alone');
        const column = context.columns.hint;
        if (column?.kind !== 'dense') throw new Error('the context holds no number "hint"');
        const hints = column.values;
        const queryOf = Array.from(items.offsets.subarray(1), (end, q) =>
          Array(end - items.offsets[q]!).fill(q),
        ).flat();
        return Float32Array.from(queryOf, (q: number) => hints[q]!);
      },
      state: () => ({ json: null, tensors: {} }),
    };
    return { fit: async () => fitted, restore: () => fitted };
  },
});
const plugin = definePlugin({ name: 'recograph-plugin-echo', apiVersion: 1, components: [echo] });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-given-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, ...lines: string[]) => writeFile(join(folder, name), `${lines.join('\n')}\n`);
const evaluate = async (config: ConfigInput) => {
  const recommender = await createRecommender(config, { folder });
  try {
    return await recommender.evaluate();
  } finally {
    await recommender.close();
  }
};

it('ranks the test items of a given split among the candidates of its own file', async () => {
  // popularity in the training file: a 4, b 2, c 1, d 1
  await write('train.txt', 'u1 a b', 'u2 a c', 'u3 a d', 'u4 a b');
  await write('test.tsv', 'u1\tc', 'u2\tb', 'u3\tb', 'u4\td');
  // u1: a tie counts against the positive, its copy and the unknown e do not; u4: a tie again
  await write('negatives.txt', '(u1,c)\td\tc\te', '(u2,b)\td', '(u3,b)\tc', '(u4,d)\tc');
  const report = await evaluate(
    defineConfig({
      models: { popular: { use: 'popularity' } },
      evaluation: {
        split: {
          use: 'given',
          train: { path: 'train.txt', format: 'user-items' },
          test: { path: 'test.tsv', columns: { user: 0, item: 1 } },
        },
        candidates: { use: 'given', path: 'negatives.txt' },
        metrics: ['hr@1', 'mrr@10'],
      },
    }),
  );
  expect(report.users).toBe(4);
  expect(report.results[0]!.metrics).toEqual({ 'hr@1': 0.5, 'mrr@10': 0.75 });
  expect(report.warnings.join()).toContain('1 given candidates');
});

it('scores each row of the given folds in its own context and gives the mean beside each fold', async () => {
  await write('train1.csv', 'user,item,rating,hint', 'u1,a,5,1', 'u2,b,1,2');
  await write('test1.csv', 'user,item,rating,hint', 'u1,b,3,4', 'u1,a,2,5', 'u2,a,4,4', 'u2,b,5,2');
  await write('train2.csv', 'user,item,rating,hint', 'u1,b,4,2', 'u2,a,4,1');
  await write('test2.csv', 'user,item,rating,hint', 'u1,a,2,1', 'u2,b,5,4');
  const rows = (path: string) => ({
    path,
    columns: { user: 'user', item: 'item', value: 'rating', context: ['hint'] },
  });
  const report = await evaluate(
    defineConfig({
      plugins: [plugin],
      models: { echo: { use: 'echo' } },
      data: {
        feedback: { rating: { kind: 'explicit', min: 4 } },
        features: { context: { hint: { kind: 'number', scale: 'none' } } },
      },
      evaluation: {
        split: {
          use: 'folds',
          folds: [1, 2].map((fold) => ({ train: rows(`train${fold}.csv`), test: rows(`test${fold}.csv`) })),
        },
        metrics: ['mae', 'auc'],
      },
    }),
  );
  const { metrics, folds } = report.results[0]!;
  // fold 1: |4-3|, |5-2|, |4-4|, |2-5|; positives hint 4 and 2 against 4 and 5: a tie and three wrong pairs
  expect(folds!.map((fold) => fold.metrics)).toEqual([
    { mae: 1.75, auc: 0.125 },
    { mae: 1, auc: 1 },
  ]);
  expect(metrics).toEqual({ mae: 1.375, auc: 0.5625 });
});

it('says which line of a given file cannot be read', async () => {
  await write('train.csv', 'user,item,rating', 'u1,a,5', 'u2,a,many');
  await write('test.csv', 'user,item,rating', 'u1,b,3');
  const config = defineConfig({
    models: { popular: { use: 'popularity' } },
    evaluation: { split: { use: 'given', train: { path: 'train.csv' }, test: { path: 'test.csv' } } },
  });
  await expect(evaluate(config)).rejects.toMatchObject({
    code: 'DATA_INVALID',
    at: expect.stringMatching(/train\.csv:3$/),
  });
});
