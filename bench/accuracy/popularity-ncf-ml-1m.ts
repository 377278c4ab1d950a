import { defineConfig } from 'recograph';
import type { Accuracy } from '../harness/accuracy.ts';
import { ncfMl1m } from '../harness/protocols.ts';

export default {
  name: 'popularity-ncf-ml-1m',
  about: 'The most popular items on ncf-ml-1m: whether the protocol is the published one.',
  needs: ['ncf-ml-1m'],
  asked: { 'hr@10': { atLeast: 0.453, atMost: 0.454 }, 'ndcg@10': { atLeast: 0.254, atMost: 0.255 } },
  published: { name: 'Dacrema et al. 2019', metrics: { 'hr@10': 0.4535, 'ndcg@10': 0.2543 } },
  random: false,
  config: defineConfig({
    models: { popular: { use: 'popularity' } },
    evaluation: ncfMl1m,
  }),
} satisfies Accuracy;
