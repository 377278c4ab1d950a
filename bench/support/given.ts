import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { FittedModel } from 'recograph';
import {
  evaluate,
  givenParts,
  type PartEvents,
  type Parts,
  type Protocol,
  readCandidates,
} from '../../core/evaluation/index.ts';

const root = process.env.RECOGRAPH_DATA ?? '../shared/data';
const clock = { now: () => performance.now() };

export interface Given {
  readonly parts: Parts;
  readonly protocol: Protocol;
}

/** Lines of a user and its items, blank-separated. */
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

const ratings = (path: string): PartEvents => {
  const rows = readFileSync(`${root}/${path}`, 'utf8').trim().split('\n');
  const fields = rows.map((row) => row.split('\t'));
  return { file: path, users: fields.map((row) => row[0]!), items: fields.map((row) => row[1]!) };
};

/** All items ranked, the training items masked; LightGCN's split. */
export const gowalla = async (): Promise<Given> => {
  const [parts] = await givenParts([{ train: 'train', test: 'test' }], (part) => userItems(`gowalla/${part}.txt`));
  const metrics = ['recall@20', 'ndcg@20'];
  return {
    parts: parts!,
    protocol: { split: { use: 'given' }, candidates: { use: 'all' }, mask: 'train', metrics, seed: 1 },
  };
};

/** The last item of each user against the file's 99 negatives. */
export const ncf = async (): Promise<Given> => {
  const [parts] = await givenParts([{ train: 'train', test: 'test' }], (part) =>
    part === 'train' ? userItems('ncf-ml-1m/ml-1m.train.lines.txt') : ratings('ncf-ml-1m/ml-1m.test.rating'),
  );
  const file = `${root}/ncf-ml-1m/ml-1m.test.negative`;
  const given = await readCandidates(createInterface({ input: createReadStream(file) }), parts!.train, { file });
  const metrics = ['hr@10', 'ndcg@10'];
  return {
    parts: parts!,
    protocol: { split: { use: 'given' }, candidates: { use: 'given', given }, mask: 'train', metrics, seed: 1 },
  };
};

export const figures = async (model: FittedModel, { parts, protocol }: Given): Promise<Record<string, number>> => {
  const { report } = await evaluate([{ name: 'models.model', model }], parts, protocol, { clock });
  const { metrics, seconds } = report.results[0]!;
  return { ...metrics, scoreSeconds: seconds.score };
};
