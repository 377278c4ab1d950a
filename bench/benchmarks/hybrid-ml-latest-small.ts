import { defineConfig } from 'recograph';
import { hybridBenchmark } from '../harness/hybrid.ts';

export default hybridBenchmark({
  name: 'hybrid-ml-latest-small',
  about:
    'A pipeline with the softmax ranker beside its sources on ml-latest-small: the newest tenth of all ratings tested, all items, seen ones masked.',
  needs: ['ml-latest-small'],
  imports: true,
  config: defineConfig({
    data: {
      interactions: { path: 'ml-latest-small', format: 'movielens' },
      items: { path: 'ml-latest-small', format: 'movielens' },
      feedback: { rating: { kind: 'explicit', min: 4 } },
    },
    models: {
      taste: { use: 'als', config: { factors: 32 } },
      alike: { use: 'item-knn', config: { neighbors: 50 } },
      ease: { use: 'ease' },
      trending: { use: 'popularity' },
      themes: { use: 'content-based', config: { vectors: 'text' } },
    },
    features: { text: { use: 'content', config: { fields: ['title', 'categories'] } } },
    rankers: {
      main: {
        use: 'softmax',
        config: {
          features: [
            'taste.score',
            'taste.rank',
            'alike.score',
            'alike.rank',
            'ease.score',
            'ease.rank',
            'themes.score',
            'trending.score',
            'trending.rank',
          ],
        },
      },
    },
    pipelines: {
      home: {
        candidates: [
          { model: 'taste', n: 200 },
          { model: 'alike', n: 200 },
          { model: 'ease', n: 200 },
          { model: 'trending', n: 100 },
          { model: 'themes', n: 50 },
        ],
        ranker: 'main',
      },
    },
    evaluation: { split: { use: 'temporal', test: 0.1 }, metrics: ['ndcg@10', 'recall@10'] },
  }),
});
