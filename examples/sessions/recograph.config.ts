import { defineConfig } from 'recograph';

/** The next page for visitors nobody knows, from what they did in this session alone. */
export default defineConfig({
  models: {
    gru: {
      use: 'rnn',
      config: { dimensions: 32, units: 64, epochs: 15, loss: 'softmax', dropout: 0.1, learningRate: 0.005 },
    },
    attention: {
      use: 'attention',
      config: { dimensions: 32, epochs: 15, loss: 'softmax', dropout: 0.1, learningRate: 0.005 },
    },
    trending: { use: 'popularity' },
  },
  pipelines: {
    gru: { candidates: [{ model: 'gru', n: 50 }], fallback: ['trending'], excludeSeen: false },
    attention: { candidates: [{ model: 'attention', n: 50 }], fallback: ['trending'], excludeSeen: false },
    popular: { candidates: [{ model: 'trending', n: 50 }], excludeSeen: false },
  },
});
