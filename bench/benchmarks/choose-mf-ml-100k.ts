import { readFileSync } from 'node:fs';
import { createDataset, createVocabulary, sortInteractions } from 'recograph';
import { mf } from 'recograph/plugins/mf';
import { createRuntime } from '../../core/runtime/index.ts';
import type { Benchmark } from '../harness/benchmark.ts';
import { choose, heldOut } from '../harness/choose.ts';

const settings = [32, 64, 128].flatMap((factors) =>
  [0.05, 0.1, 0.2].flatMap((regularization) =>
    [10, 20].flatMap((epochs) => ({ factors, regularization, epochs, learningRate: 0.005 })),
  ),
);

const ids = (values: readonly number[]) =>
  createVocabulary(Array.from({ length: Math.max(...values) + 1 }, (_, id) => String(id)));

export default {
  name: 'choose-mf-ml-100k',
  about: "mf's settings for MovieLens 100K, chosen on a tenth of u1.base.",
  asked: {},
  needs: ['ml-100k'],
  run: async (context) => {
    const runtime = await createRuntime('wasm');
    context.runtime(runtime.kind);
    const rows = readFileSync(context.data('ml-100k', 'u1.base'), 'utf8').trim().split('\n');
    const columns = [0, 1, 2, 3].map((k) => rows.map((row) => Number(row.split('\t')[k])));
    const [users, items, values, times] = columns as [number[], number[], number[], number[]];
    const vocabulary = { users: ids(users), items: ids(items) };
    const events = {
      users: Int32Array.from(users),
      items: Int32Array.from(items),
      values: Float32Array.from(values),
      times: Float64Array.from(times, (seconds) => seconds * 1000),
    };
    await choose(context, {
      component: mf,
      deps: { runtime },
      parts: heldOut(createDataset({ ...vocabulary, interactions: sortInteractions(events, vocabulary.users.size) })),
      settings: context.quick ? settings.slice(0, 2) : settings,
      metrics: ['rmse', 'mae'],
    });
    runtime.dispose();
  },
} satisfies Benchmark;
