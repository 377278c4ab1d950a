import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { gowalla } from '../harness/protocols.ts';

export default {
  name: 'item-knn-gowalla',
  about:
    "item-knn on gowalla, LightGCN's split: all items ranked, the training items masked; settings chosen on a tenth of train.txt.",
  needs: ['gowalla'],
  asked: {
    'models.tfIdf recall@20': { atLeast: 0.156 },
    'models.tfIdf ndcg@20': { atLeast: 0.12 },
  },
  published: { name: 'ItemCF, BARS', metrics: { 'recall@20': 0.157, 'ndcg@20': 0.1214 } },
  random: false,
  config: defineConfig({
    models: {
      cosine: { use: 'item-knn', config: { similarity: 'cosine', asymmetry: 0.3, shrinkage: 5 } },
      tfIdf: { use: 'item-knn', config: { similarity: 'tf-idf', asymmetry: 0.2 } },
    },
    evaluation: gowalla,
  }),
} satisfies Accuracy;
