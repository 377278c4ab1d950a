import { defineConfig } from 'recograph';

/** People whom one does not know yet: on a graph of friendships, people are both who is asked for and what is recommended. */
export default defineConfig({
  models: {
    graph: {
      use: 'lightgcn',
      config: { factors: 32, layers: 2, epochs: 40, negatives: 256, batchSize: 256, temperature: 0.2 },
    },
    shared: { use: 'item-knn', config: { neighbors: 50 } },
    popular: { use: 'popularity' },
  },
  pipelines: {
    graph: { candidates: [{ model: 'graph', n: 100 }], fallback: ['popular'] },
    friendsOfFriends: { candidates: [{ model: 'shared', n: 100 }], fallback: ['popular'] },
    popular: { candidates: [{ model: 'popular', n: 100 }] },
  },
});
