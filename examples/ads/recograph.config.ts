import { defineConfig } from 'recograph';

/** The ad that this visitor most probably clicks on at this moment, and how probably. */
export default defineConfig({
  data: {
    feedback: { shown: { kind: 'explicit', min: 1 } },
    features: {
      items: { topic: { from: 'categories', kind: 'categories' } },
      context: { daytime: { kind: 'category' }, justClicked: { kind: 'category' } },
    },
  },
  models: {
    click: {
      use: 'deep-fm',
      config: { factors: 8, hidden: [32, 16], epochs: 10, batchSize: 512, learningRate: 0.005, regularization: 0.01 },
    },
    trending: { use: 'popularity' },
  },
  pipelines: {
    // the one source's scores as they are: probabilities
    page: { candidates: [{ model: 'click', n: 50 }], merge: 'switching', fallback: ['trending'], excludeSeen: false },
    popular: { candidates: [{ model: 'trending', n: 50 }], excludeSeen: false },
  },
});
