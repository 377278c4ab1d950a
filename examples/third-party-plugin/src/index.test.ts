import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDataset, createVocabulary, queriesOf, sortInteractions } from 'recograph';
import { createRng } from 'recograph/math';
import { modelConformance } from 'recograph/testing';
import { markovChain } from './index.ts';
import { createMarkovChain } from './markov-chain.ts';

for (const check of modelConformance(markovChain)) test(check.name, () => check.run());

test('ranks first what most often came next', async () => {
  // tea is followed by milk twice and by sugar once
  const steps = ['tea milk', 'tea milk', 'tea sugar', 'sugar tea'].map((line) => line.split(' '));
  const items = createVocabulary(['tea', 'milk', 'sugar']);
  const rows = steps.flatMap((row, user) => row.map((id) => [user, items.index(id)] as const));
  const data = createDataset({
    users: createVocabulary(['a', 'b', 'c', 'd']),
    items,
    interactions: sortInteractions(
      { users: Int32Array.from(rows, ([user]) => user), items: Int32Array.from(rows, ([, item]) => item) },
      4,
    ),
  });
  const options = { rng: createRng(1), signal: new AbortController().signal, report: () => undefined };
  const model = await createMarkovChain({ smoothing: 1 }).fit(data, {} as never, options);
  const indices = Int32Array.of(0, 1, 2);
  const scores = await model.score(queriesOf(data, Int32Array.of(3)), {
    kind: 'shared',
    indices,
    features: data.itemFeatures,
  });
  assert.deepEqual(Array.from(scores), [1 / 6, 3 / 6, 2 / 6].map(Math.fround));
});
