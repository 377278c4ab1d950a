import { readFileSync } from 'node:fs';
import { type FittedModel, queriesOf } from 'recograph';
import type { Context } from './benchmark.ts';
import { datasetOf, largest, readUserItems } from './interactions.ts';

/** ncf-ml-1m: the last item of each user against the file's 99 negatives; duplicates of the positive are skipped. */
export const ncfMl1m = ({ data: path }: Pick<Context, 'data'>) => {
  const train = readUserItems(path('ncf-ml-1m', 'ml-1m.train.lines.txt'));
  const lines = readFileSync(path('ncf-ml-1m', 'ml-1m.test.negative'), 'utf8').trim().split('\n');
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
