/** Popularity on `ncf-ml-1m` against the published figures, and the time of full ranking on `ultragcn-ml-1m`. */
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Dataset, FittedModel } from 'recograph';
import {
  evaluate,
  givenParts,
  type PartEvents,
  type Parts,
  type Protocol,
  readCandidates,
} from '../core/evaluation/index.ts';

const root = process.env.RECOGRAPH_DATA ?? '../shared/data';
const clock = { now: () => performance.now() };

/** Lines of a user and its items, blank-separated, in time order. */
const userItems = (path: string): PartEvents => {
  const users: string[] = [];
  const items: string[] = [];
  for (const line of readFileSync(`${root}/${path}`, 'utf8').split('\n')) {
    const [user, ...ids] = line.trim().split(/\s+/);
    for (const id of ids) {
      users.push(user!);
      items.push(id);
    }
  }
  return { file: path, users, items };
};

/** Tab-separated user, item, value, time. */
const ratings = (path: string): PartEvents => {
  const rows = readFileSync(`${root}/${path}`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
  return { file: path, users: rows.map((row) => row[0]!), items: rows.map((row) => row[1]!) };
};

/** The number of users of each item, for everybody alike. */
const popularity = (train: Dataset): FittedModel => {
  const { offsets } = train.positivesByItem();
  return {
    capabilities: {
      feedback: ['implicit'],
      coldUsers: ['history'],
      coldItems: false,
      sequential: false,
      context: false,
      calibrated: 'none',
    },
    score: async (queries, { kind, indices }) => {
      const scores = new Float32Array(kind === 'shared' ? queries.size * indices.length : indices.length);
      for (let k = 0; k < indices.length; k++) scores[k] = offsets[indices[k]! + 1]! - offsets[indices[k]!]!;
      for (let q = 1; kind === 'shared' && q < queries.size; q++)
        scores.copyWithin(q * indices.length, 0, indices.length);
      return scores;
    },
    state: () => ({ json: null, tensors: {} }),
  };
};

const run = async (parts: Parts, protocol: Protocol) => {
  const { report } = await evaluate([{ name: 'models.popularity', model: popularity(parts.train) }], parts, protocol, {
    clock,
  });
  return report;
};

const ncf = async (): Promise<void> => {
  const [parts] = await givenParts([{ train: 'train', test: 'test' }], (part) =>
    part === 'train' ? userItems('ncf-ml-1m/ml-1m.train.lines.txt') : ratings('ncf-ml-1m/ml-1m.test.rating'),
  );
  const file = `${root}/ncf-ml-1m/ml-1m.test.negative`;
  const given = await readCandidates(createInterface({ input: createReadStream(file) }), parts!.train, { file });
  const report = await run(parts!, {
    split: { use: 'given' },
    candidates: { use: 'given', given },
    mask: 'train',
    metrics: ['hr@10', 'ndcg@10'],
    seed: 42,
  });
  const { metrics, interval } = report.results[0]!;
  console.log('ncf-ml-1m, given negatives, popularity (published HR@10 .4535, NDCG@10 .2543)');
  console.log(JSON.stringify({ users: report.users, metrics, interval, warnings: report.warnings, s: report.seconds }));
};

const fullRanking = async (): Promise<void> => {
  const [parts] = await givenParts([{ train: 'train', validation: 'validation', test: 'test' }], (part) =>
    userItems(`ultragcn-ml-1m/${part}.txt`),
  );
  const protocol: Protocol = {
    split: { use: 'given' },
    candidates: { use: 'all' },
    mask: 'train',
    metrics: ['recall@20', 'ndcg@20', 'hr@20', 'mrr@20'],
    seed: 42,
  };
  parts!.train.positivesByItem();
  console.log('ultragcn-ml-1m, all items, 4 metrics with intervals');
  for (let round = 0; round < 5; round++) {
    const { users, seconds, results } = await run(parts!, protocol);
    const { metrics, seconds: own } = results[0]!;
    console.log(JSON.stringify({ users, seconds, beyondScoring: seconds - own.score, score: own.score, metrics }));
  }
};

await ncf();
await fullRanking();
