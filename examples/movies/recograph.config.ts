import { defineConfig } from 'recograph';

/** Films for a visitor of a film site: taste and text for candidates, new films by their words, a learned ranker, some diversity. */
export default defineConfig({
  data: {
    interactions: { path: 'data/ml-latest-small', format: 'movielens' },
    items: { path: 'data/ml-latest-small', format: 'movielens' },
    feedback: { rating: { kind: 'explicit', min: 4 } },
  },
  models: {
    taste: { use: 'als', config: { factors: 32 } },
    alike: { use: 'item-knn', config: { neighbors: 50 } },
    trending: { use: 'popularity' },
    themes: { use: 'content-based', config: { vectors: 'text' } },
    newcomers: { use: 'factor-mapping', config: { model: 'taste', vectors: 'words' } },
  },
  features: {
    text: { use: 'content', config: { fields: ['title', 'categories'], dimensions: 32 } },
    words: {
      use: 'text-cnn',
      config: {
        vectors: 'taste',
        static: true,
        embedding: 32,
        filters: 32,
        kernels: [1, 2],
        epochs: 4,
        batchSize: 256,
        learningRate: 0.003,
      },
    },
  },
  rankers: {
    main: {
      use: 'softmax',
      config: {
        features: ['taste.score', 'alike.score', 'themes.score', 'newcomers.score', 'trending.score', 'taste.rank'],
      },
    },
  },
  pipelines: {
    home: {
      candidates: [
        { model: 'taste', n: 200 },
        { model: 'alike', n: 200 },
        { model: 'trending', n: 100 },
        { model: 'themes', n: 50 },
        { model: 'newcomers', n: 50 },
      ],
      ranker: 'main',
      rerank: [{ use: 'mmr', config: { vectors: 'text', lambda: 0.9 } }],
      fallback: ['trending'],
    },
  },
  evaluation: { split: { use: 'temporal', test: 0.1 }, metrics: ['ndcg@10', 'recall@10', 'coverage@10'] },
  // Small networks: nothing is quicker to start.
  runtime: 'wasm',
});
