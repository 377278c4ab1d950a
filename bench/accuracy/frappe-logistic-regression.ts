/**
 * AUC of logistic regression on frappe: trained on train.csv, scored on valid.csv, each row in its own context.
 * Published: .936 (BARS, on its test file). `RECOGRAPH_DATA` is the folder that holds `frappe`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Attributes,
  createDataset,
  createVocabulary,
  type Dataset,
  type FittedModel,
  fitFeatureVocabulary,
  noFeatures,
  sortInteractions,
} from 'recograph';
import { createRng } from 'recograph/math';
import { logisticRegression } from 'recograph/plugins/logistic-regression';

const folder = join(process.env.RECOGRAPH_DATA ?? '../shared/data', 'frappe');

const read = (file: string): { header: string[]; rows: string[][] } => {
  const [header, ...lines] = readFileSync(join(folder, file), 'utf8').trim().split('\n');
  return { header: header!.split(','), rows: lines.map((line) => line.split(',')) };
};

const contextOf = (header: readonly string[], row: readonly string[]): Attributes =>
  Object.fromEntries(header.slice(3).map((name, k) => [name, row[k + 3]!]));

/** Share of (positive, negative) pairs in the right order, a tie counting half, by ranks (Mann-Whitney U). */
const aucOf = (scores: Float32Array, labels: readonly number[]): number => {
  const order = Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
  let rankSum = 0;
  let positives = 0;
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++;
    for (let k = from; k < to; k++) {
      if (labels[order[k]!] !== 1) continue;
      rankSum += (from + to + 1) / 2;
      positives++;
    }
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (labels.length - positives));
};

const train = read('train.csv');
const valid = read('valid.csv');
const contexts = train.rows.map((row) => contextOf(train.header, row));
const encodings = Object.fromEntries(
  train.header.slice(3).map((name) => [name, { kind: 'category', minCount: 1 } as const]),
);
const vocabulary = fitFeatureVocabulary(contexts, encodings);
const users = createVocabulary([...new Set(train.rows.map((row) => row[1]!))]);
const items = createVocabulary([...new Set(train.rows.map((row) => row[2]!))]);

const data: Dataset = createDataset({
  users,
  items,
  interactions: sortInteractions(
    {
      users: Int32Array.from(train.rows, (row) => users.index(row[1]!)),
      items: Int32Array.from(train.rows, (row) => items.index(row[2]!)),
      values: Float32Array.from(train.rows, (row) => Number(row[0])),
      weights: Float32Array.from(train.rows, (row) => Number(row[0])),
      context: vocabulary.encode(contexts),
    },
    users.size,
  ),
});

const scoreValid = (model: FittedModel): Promise<Float32Array> => {
  const size = valid.rows.length;
  const empty = { offsets: new Uint32Array(size + 1), items: new Int32Array(0), types: new Uint8Array(0) };
  const none = { values: new Float32Array(0), weights: new Float32Array(0), times: new Float64Array(0) };
  return model.score(
    {
      size,
      users: Int32Array.from(valid.rows, (row) => users.index(row[1]!)),
      seeds: new Uint32Array(size),
      histories: { ...empty, ...none },
      userFeatures: noFeatures(size),
      context: vocabulary.encode(valid.rows.map((row) => contextOf(valid.header, row))),
      now: new Float64Array(size),
      extra: {},
    },
    {
      kind: 'ragged',
      offsets: Uint32Array.from({ length: size + 1 }, (_, k) => k),
      indices: Int32Array.from(valid.rows, (row) => items.index(row[2]!)).map((item) => (item < 0 ? items.size : item)),
      features: noFeatures(size),
    },
  );
};

const config = JSON.parse(process.argv[2] ?? '{}');
const { signal } = new AbortController();
for (const seed of [1, 2, 3]) {
  const component = logisticRegression.create(logisticRegression.schema.parse(config) as never, {} as never);
  const started = performance.now();
  let loss: number | undefined;
  const report = (progress: { loss?: number }) => {
    loss = progress.loss;
  };
  const inputs = { model: missing, feature: missing, vectors: missing };
  const model = await component.fit(data, inputs, { rng: createRng(seed), signal, report });
  const seconds = (performance.now() - started) / 1000;
  const labels = valid.rows.map((row) => Number(row[0]));
  const auc = aucOf(await scoreValid(model), labels);
  console.log(JSON.stringify({ data: 'frappe', model: 'logistic-regression', config, seed, auc, loss, seconds }));
}

function missing(name: string): never {
  throw new Error(`logistic-regression refers to nothing, but asked for ${name}`);
}
