import type { ConfigInput } from 'recograph';

const ratings = (path: string) => ({
  path: `ml-100k/${path}`,
  format: 'tsv' as const,
  columns: { user: 0, item: 1, value: 2, time: 3 },
});

/** MovieLens 100K: the ratings of the five given folds. */
export const ml100kFolds = {
  split: {
    use: 'folds',
    folds: [1, 2, 3, 4, 5].map((k) => ({ train: ratings(`u${k}.base`), test: ratings(`u${k}.test`) })),
  },
  metrics: ['rmse', 'mae'],
} satisfies ConfigInput['evaluation'];
