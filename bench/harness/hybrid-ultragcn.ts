import type { ConfigInput } from 'recograph';

type Models = NonNullable<ConfigInput['models']>;

/** The sources of hybrid-ultragcn-ml-1m; als and ease as in their accuracy benchmarks. */
export const sources = {
  taste: { use: 'als', config: { factors: 128, regularization: 0.007, unobservedWeight: 0.3 } },
  ease: { use: 'ease', config: { regularization: 700 } },
  alike: { use: 'item-knn', config: { neighbors: 100 } },
  people: { use: 'user-knn', config: { neighbors: 100 } },
  trending: { use: 'popularity' },
} as const satisfies Models;

export const candidates = [
  { model: 'taste', n: 200 },
  { model: 'ease', n: 200 },
  { model: 'people', n: 100 },
] as const;

// biome-ignore format: a line a source
export const columns = [
  'taste.score', 'taste.rank',
  'ease.score', 'ease.rank',
  'alike.score', 'alike.rank',
  'people.score', 'people.rank',
  'trending.score',
] as const;

/** `validation`, `test`: paths. */
export const protocol = (validation: string, test: string): NonNullable<ConfigInput['evaluation']> => ({
  split: {
    use: 'given',
    train: { path: 'ultragcn-ml-1m/train.txt', format: 'user-items' },
    validation: { path: validation, format: 'user-items' },
    test: { path: test, format: 'user-items' },
  },
  candidates: { use: 'all' },
  mask: 'train',
  metrics: ['ndcg@10', 'recall@20', 'ndcg@20'],
});
