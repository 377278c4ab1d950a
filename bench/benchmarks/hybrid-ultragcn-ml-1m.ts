import { defineConfig } from 'recograph';
import { hybridBenchmark } from '../harness/hybrid.ts';
import { candidates, columns, protocol, sources } from '../harness/hybrid-ultragcn.ts';

export default hybridBenchmark({
  name: 'hybrid-ultragcn-ml-1m',
  about:
    'A pipeline with a learned ranker beside its sources on ultragcn-ml-1m: all items, the training items masked, the ranker learned from the validation part, and chosen on it (choose-hybrid-ultragcn-ml-1m).',
  needs: ['ultragcn-ml-1m'],
  config: defineConfig({
    models: sources,
    rankers: { main: { use: 'softmax', config: { features: [...columns], hidden: [16], epochs: 10 } } },
    pipelines: { home: { candidates: [...candidates], ranker: 'main' } },
    evaluation: protocol('ultragcn-ml-1m/validation.txt', 'ultragcn-ml-1m/test.txt'),
  }),
});
