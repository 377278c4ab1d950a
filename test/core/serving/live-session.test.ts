import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecommender, type Recommender } from 'recograph';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ITEMS = 12;
const DAY = 86_400_000;
/** From every item somebody walks round in steps of one, another in steps of five: two items together tell which. */
const stepOf = (user: number): number => (user % 2 === 0 ? 1 : 5);

let folder: string;
let recommender: Recommender;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-session-'));
  const rows = Array.from({ length: 60 }, (_, user) =>
    Array.from({ length: 6 }, (_, t) => `u${user},i${((user >> 1) + t * stepOf(user)) % ITEMS},${1_600_000_000 + t}`),
  );
  await writeFile(join(folder, 'events.csv'), ['user,item,time', ...rows.flat()].join('\n'));
  const small = { dimensions: 16, length: 5, epochs: 30, batchSize: 16, learningRate: 0.02, negatives: 8 };
  recommender = await createRecommender(
    {
      data: { interactions: { path: 'events.csv', columns: { user: 'user', item: 'item', time: 'time' } } },
      models: {
        attentive: { use: 'attention', config: { ...small, dropout: 0.1 } },
        recurrent: { use: 'rnn', config: { ...small, units: 24, dropout: 0 } },
      },
      pipelines: {
        attentive: { candidates: [{ model: 'attentive' }] },
        recurrent: { candidates: [{ model: 'recurrent' }] },
      },
      runtime: 'wasm',
    },
    { folder },
  );
  await recommender.train();
});
afterAll(async () => {
  await recommender.close();
  await rm(folder, { recursive: true });
});

it.each([
  ['attentive', 3],
  ['recurrent', 5],
] as const)('follows a session event by event, the user new or known: %s', async (pipeline, known) => {
  const { bundles } = await recommender.bundles();
  for (const [user, start, step] of [
    [`new to ${pipeline}`, 2, 1],
    [`u${known}`, (known >> 1) + 6 * 5, 5],
  ] as const) {
    let next = '';
    for (let t = 0; t < 4; t++) {
      const item = `i${(start + t * step) % ITEMS}`;
      const time = Date.now() - DAY + t * 1000;
      await recommender.recordEvents([
        { user, item, type: 'click', value: null, time, key: `${pipeline} ${user} ${t}` },
      ]);
      const { items } = await recommender.recommend({ target: { user }, n: 1, pipeline, excludeSeen: false });
      expect(items[0]!.id).not.toBe(next);
      next = items[0]!.id;
      if (t >= 2) expect(next).toBe(`i${(start + (t + 1) * step) % ITEMS}`);
    }
  }
  expect((await recommender.bundles()).bundles).toEqual(bundles);
});
