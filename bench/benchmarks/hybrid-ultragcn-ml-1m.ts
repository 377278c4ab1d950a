import { defineConfig } from 'recograph';
import { hybridBenchmark } from '../harness/hybrid.ts';

export default hybridBenchmark({
  name: 'hybrid-ultragcn-ml-1m',
  about:
    'A pipeline with the softmax ranker beside its sources on ultragcn-ml-1m: all items, the training items masked, the ranker learned from the validation part.',
  needs: ['ultragcn-ml-1m'],
  config: defineConfig({
    models: {
      taste: { use: 'als', config: { factors: 128, regularization: 0.007, unobservedWeight: 0.3 } },
      ease: { use: 'ease', config: { regularization: 700 } },
      alike: { use: 'item-knn', config: { neighbors: 100 } },
      people: { use: 'user-knn', config: { neighbors: 100 } },
      trending: { use: 'popularity' },
    },
    rankers: {
      main: {
        use: 'softmax',
        config: {
          features: [
            'taste.score',
            'taste.rank',
            'ease.score',
            'ease.rank',
            'alike.score',
            'alike.rank',
            'people.score',
            'people.rank',
            'trending.score',
          ],
        },
      },
    },
    pipelines: {
      home: {
        candidates: [
          { model: 'taste', n: 200 },
          { model: 'ease', n: 200 },
          { model: 'people', n: 100 },
        ],
        ranker: 'main',
      },
    },
    evaluation: {
      split: {
        use: 'given',
        train: { path: 'ultragcn-ml-1m/train.txt', format: 'user-items' },
        validation: { path: 'ultragcn-ml-1m/validation.txt', format: 'user-items' },
        test: { path: 'ultragcn-ml-1m/test.txt', format: 'user-items' },
      },
      candidates: { use: 'all' },
      mask: 'train',
      metrics: ['ndcg@10', 'recall@20', 'ndcg@20'],
    },
  }),
});
