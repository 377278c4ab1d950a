import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecommender } from 'recograph';
import { afterEach, beforeEach, expect, it } from 'vitest';
import config from '../../examples/movies-deep/recograph.config.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-deep-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('movies-deep: trains, recommends, and places a film that nobody has rated', async () => {
  const genres = ['Drama', 'Comedy', 'Western'];
  const films = Array.from({ length: 45 }, (_, i) => `f${i},A ${genres[i % 3]} of ${i},${genres[i % 3]}`);
  const ratings = Array.from({ length: 900 }, (_, k) => {
    const [user, film] = [k % 60, (k * 7 + Math.floor(k / 60)) % 45];
    return `u${user},f${film},${user % 3 === film % 3 ? 5 : 2},${1_600_000_000 + k * 1000}`;
  });
  await writeFile(join(folder, 'films.csv'), ['id,title,categories', ...films].join('\n'));
  await writeFile(join(folder, 'ratings.csv'), ['user,item,value,time', ...ratings].join('\n'));
  const columns = { user: 'user', item: 'item', value: 'value', time: 'time' };
  const recommender = await createRecommender(
    {
      ...config,
      data: {
        ...config.data,
        interactions: { path: 'ratings.csv', columns },
        items: { path: 'films.csv' },
      },
      runtime: 'wasm',
      store: { path: 'store.sqlite' },
    },
    { folder },
  );
  await recommender.import();
  const report = await recommender.train();
  expect(report.metrics['pipelines.home']).toHaveProperty('ndcg@10');
  await recommender.upsertItems([{ id: 'new', title: 'A Western of tomorrow', categories: ['Western'] }]);
  const { items, degraded } = await recommender.recommend({ target: { user: 'u2' }, n: 40 });
  await recommender.close();
  expect(degraded).toEqual([]);
  expect(items.map(({ id }) => id)).toContain('new');
}, 120_000);
