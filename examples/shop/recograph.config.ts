import { defineConfig } from 'recograph';

/** Products for customers of a shop: purchases say more than views, and what arrived this morning can be sold today. */
export default defineConfig({
  data: {
    feedback: {
      view: { kind: 'implicit', weight: 1 },
      cart: { kind: 'implicit', weight: 3 },
      purchase: { kind: 'implicit', weight: 5 },
    },
  },
  models: {
    taste: { use: 'als', config: { factors: 16 } },
    newcomers: { use: 'factor-mapping', config: { model: 'taste', vectors: 'description' } },
    alike: { use: 'content-based', config: { vectors: 'description' } },
    trending: { use: 'popularity', config: { halfLifeDays: 7 } },
  },
  features: { description: { use: 'content', config: { fields: ['categories', 'segment'], minCount: 1 } } },
  rankers: {
    main: { use: 'softmax', config: { features: ['taste.score', 'newcomers.score', 'alike.score', 'trending.score'] } },
  },
  pipelines: {
    home: {
      candidates: [
        { model: 'taste', n: 100 },
        { model: 'newcomers', n: 100 },
        { model: 'trending', n: 50 },
      ],
      ranker: 'main',
      fallback: ['trending'],
      excludeSeen: false,
    },
  },
  evaluation: { split: { use: 'temporal', test: 0.1 }, metrics: ['ndcg@10', 'recall@10'] },
});
