import { readFileSync } from 'node:fs';
import { type Dataset, type FittedModel, queriesOf } from 'recograph';
import { dataPath, datasetOf, largest, readUserItems } from './interactions.ts';

/** ncf-ml-1m: the last item of each user against the file's 99 negatives; duplicates of the positive are skipped. */
export const ncf = () => {
  const train = readUserItems('ncf-ml-1m', 'ml-1m.train.lines.txt');
  const lines = readFileSync(dataPath('ncf-ml-1m', 'ml-1m.test.negative'), 'utf8').trim().split('\n');
  const cases = lines.map((line) => {
    const [pair, ...negatives] = line.split('\t');
    const [user, positive] = pair!.slice(1, -1).split(',').map(Number);
    return { user: user!, items: [positive!, ...negatives.map(Number).filter((item) => item !== positive)] };
  });
  let itemCount = largest(train.items) + 1;
  for (const { items } of cases) for (const item of items) itemCount = Math.max(itemCount, item + 1);
  const data = datasetOf(train, largest(train.users) + 1, itemCount);
  const evaluate = async (model: FittedModel) => {
    const offsets = new Uint32Array(cases.length + 1);
    cases.forEach(({ items }, c) => {
      offsets[c + 1] = offsets[c]! + items.length;
    });
    const indices = Int32Array.from(cases.flatMap(({ items }) => items));
    const users = Int32Array.from(cases, ({ user }) => user);
    const features = { rows: indices.length, columns: {} };
    const scores = await model.score(queriesOf(data, users), { kind: 'ragged', offsets, indices, features });
    let hits = 0;
    let gain = 0;
    for (let c = 0; c < cases.length; c++) {
      let rank = 0;
      for (let k = offsets[c]! + 1; k < offsets[c + 1]!; k++) if (!(scores[k]! < scores[offsets[c]!]!)) rank++;
      if (rank >= 10) continue;
      hits++;
      gain += 1 / Math.log2(rank + 2);
    }
    return { 'hr@10': hits / cases.length, 'ndcg@10': gain / cases.length };
  };
  return { data, evaluate };
};

/** ultragcn-ml-1m: given split, all items, train masked; IDCG over min(20, |test|). `part` is what is held out. */
export const ultragcn = (part: 'test' | 'validation' = 'test') => {
  const train = readUserItems('ultragcn-ml-1m', 'train.txt');
  const test = readUserItems('ultragcn-ml-1m', `${part}.txt`);
  const userCount = Math.max(largest(train.users), largest(test.users)) + 1;
  const itemCount = Math.max(largest(train.items), largest(test.items)) + 1;
  const data = datasetOf(train, userCount, itemCount);
  const held = datasetOf(test, userCount, itemCount).positives();
  return { data, evaluate: (model: FittedModel) => recallAndNdcg(model, data, held, 20) };
};

const recallAndNdcg = async (model: FittedModel, data: Dataset, held: ReturnType<Dataset['positives']>, k: number) => {
  const users = Int32Array.from({ length: held.rows }, (_, u) => u).filter(
    (u) => held.offsets[u]! < held.offsets[u + 1]!,
  );
  const queries = queriesOf(data, users);
  const exclude = { offsets: queries.histories.offsets, values: queries.histories.items };
  const lists = await model.recommend!(queries, k, { exclude });
  let recall = 0;
  let ndcg = 0;
  users.forEach((user, q) => {
    const relevant = new Set(held.indices.subarray(held.offsets[user]!, held.offsets[user + 1]!));
    let hits = 0;
    let gain = 0;
    lists[q]!.items.forEach((item, place) => {
      if (!relevant.has(item)) return;
      hits++;
      gain += 1 / Math.log2(place + 2);
    });
    let ideal = 0;
    for (let place = 0; place < Math.min(k, relevant.size); place++) ideal += 1 / Math.log2(place + 2);
    recall += hits / relevant.size;
    ndcg += gain / ideal;
  });
  return { [`recall@${k}`]: recall / users.length, [`ndcg@${k}`]: ndcg / users.length };
};
