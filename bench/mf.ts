/** Biased MF on MovieLens 100K's five given folds: mean RMSE and MAE, and the seconds of one fit. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDataset, createVocabulary, type Dataset, queriesOf, sortInteractions } from 'recograph';
import { createRng } from 'recograph/math';
import { mf } from 'recograph/plugins/mf';
import { createRuntime } from '../core/runtime/index.ts';

const folder = join(process.env.RECOGRAPH_DATA ?? '../shared/data', 'ml-100k');
const options = JSON.parse(process.argv[2] ?? '{}') as object;

const read = (file: string) => {
  const rows = readFileSync(join(folder, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t').map(Number));
  return {
    users: Int32Array.from(rows, (row) => row[0]! - 1),
    items: Int32Array.from(rows, (row) => row[1]! - 1),
    values: Float32Array.from(rows, (row) => row[2]!),
    times: Float64Array.from(rows, (row) => row[3]! * 1000),
  };
};
const ids = (count: number) => createVocabulary(Array.from({ length: count }, (_, k) => String(k + 1)));
const users = ids(943);
const items = ids(1682);
const dataset = (file: string): Dataset =>
  createDataset({ users, items, interactions: sortInteractions(read(file), users.size) });

const runtime = await createRuntime((process.env.RECOGRAPH_RUNTIME as 'wasm' | undefined) ?? 'wasm');
const model = mf.create(mf.schema.parse(options) as never, { runtime } as never);
const sums = { rmse: 0, mae: 0, seconds: 0 };
const FOLDS = 5;
for (let fold = 1; fold <= FOLDS; fold++) {
  const train = dataset(`u${fold}.base`);
  const test = dataset(`u${fold}.test`).interactions;
  const started = performance.now();
  const fitted = await model.fit(train, {} as never, {
    rng: createRng(fold),
    signal: new AbortController().signal,
    report: () => undefined,
  });
  const seconds = (performance.now() - started) / 1000;
  const scores = await fitted.score(queriesOf(train, test.users), {
    kind: 'ragged',
    offsets: Uint32Array.from({ length: test.length + 1 }, (_, k) => k),
    indices: test.items,
    features: { rows: test.length, columns: {} },
  });
  let squares = 0;
  let absolute = 0;
  for (let k = 0; k < test.length; k++) {
    const error = Math.min(5, Math.max(1, scores[k]!)) - test.values[k]!;
    squares += error * error;
    absolute += Math.abs(error);
  }
  const rmse = Math.sqrt(squares / test.length);
  const mae = absolute / test.length;
  console.error(`u${fold} rmse ${rmse.toFixed(4)} mae ${mae.toFixed(4)} fit ${seconds.toFixed(2)} s`);
  sums.rmse += rmse / FOLDS;
  sums.mae += mae / FOLDS;
  sums.seconds += seconds / FOLDS;
}
console.log(JSON.stringify({ runtime: runtime.kind, ...sums }));
runtime.dispose();
