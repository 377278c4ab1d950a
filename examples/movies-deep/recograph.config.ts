import { defineConfig } from 'recograph';

/**
 * The deep road: an autoencoder reads what a user liked, a convolutional network reads what a film is, their inner product
 * and the user's code go into a regression that puts the candidates in order.
 */
export default defineConfig({
  data: {
    interactions: { path: '../movies/data/ml-latest-small', format: 'movielens' },
    items: { path: '../movies/data/ml-latest-small', format: 'movielens' },
    feedback: { rating: { kind: 'explicit', min: 4 } },
  },
  models: {
    history: { use: 'autoencoder', config: { hidden: [128], code: 32, epochs: 40, annealEpochs: 20, batchSize: 64 } },
    taste: { use: 'als', config: { factors: 32 } },
    inner: { use: 'factor-mapping', config: { model: 'taste', vectors: 'film' } },
    trending: { use: 'popularity' },
  },
  features: {
    film: {
      use: 'text-cnn',
      config: {
        vectors: 'taste',
        fields: ['title', 'categories'],
        embedding: 32,
        filters: 32,
        kernels: [1, 2],
        epochs: 8,
      },
    },
    code: { use: 'history-autoencoder', config: { model: 'history' } },
  },
  rankers: {
    regression: {
      use: 'pointwise',
      config: {
        features: ['history.score', 'inner.score', 'taste.score', 'trending.score', 'code'],
        loss: 'mse',
        hidden: [16],
        epochs: 10,
      },
    },
  },
  pipelines: {
    home: {
      candidates: [
        { model: 'history', n: 200 },
        { model: 'inner', n: 100 },
        { model: 'trending', n: 100 },
      ],
      ranker: 'regression',
      fallback: ['trending'],
    },
  },
  evaluation: { split: { use: 'temporal', test: 0.1 }, metrics: ['ndcg@10', 'recall@10'] },
});
