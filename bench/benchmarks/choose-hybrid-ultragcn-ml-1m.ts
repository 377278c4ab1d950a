import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigInput } from 'recograph';
import type { Benchmark } from '../harness/benchmark.ts';
import { evaluated } from '../harness/hybrid.ts';
import { candidates, columns, protocol, sources } from '../harness/hybrid-ultragcn.ts';

type Rankers = NonNullable<ConfigInput['rankers']>;

const features = [...columns];
const scores = features.filter((name) => name.endsWith('.score'));
const RANKERS: Rankers = {
  softmax: { use: 'softmax', config: { features } },
  'softmax, scores': { use: 'softmax', config: { features: scores } },
  'softmax, 16': { use: 'softmax', config: { features, hidden: [16], epochs: 10 } },
  lambdarank: { use: 'pairwise', config: { features, epochs: 5 } },
  'lambdarank, 16': { use: 'pairwise', config: { features, hidden: [16], epochs: 10 } },
  'lambdarank, 32': { use: 'pairwise', config: { features, hidden: [32], epochs: 20, regularization: 0.001 } },
};

export default {
  name: 'choose-hybrid-ultragcn-ml-1m',
  about:
    'The ranker of hybrid-ultragcn-ml-1m, chosen on the validation part: rankers learn from one half of its users and are measured on the other.',
  needs: ['ultragcn-ml-1m'],
  asked: {},
  run: async (context) => {
    const lines = readFileSync(context.data('ultragcn-ml-1m/validation.txt'), 'utf8').trim().split('\n');
    const half = (name: string, parity: number): string => {
      const path = join(context.folder, name);
      writeFileSync(path, lines.filter((_, k) => k % 2 === parity).join('\n'));
      return path;
    };
    const evaluation = protocol(half('learned.txt', 0), half('measured.txt', 1));
    const names = Object.keys(RANKERS).filter((name) => context.args.length === 0 || context.args.includes(name));
    const chosen = names.map((name, k) => [`r${k}`, RANKERS[name]!] as const);
    const config = {
      models: sources,
      rankers: Object.fromEntries(chosen),
      pipelines: Object.fromEntries(chosen.map(([id]) => [id, { candidates: [...candidates], ranker: id }])),
      evaluation,
    } as unknown as ConfigInput;
    for (const seed of context.seeds) {
      const { report } = await evaluated(context, config, false, seed);
      for (const { target, metrics } of report.results) {
        const ranker = /^pipelines\.r(\d+)$/.exec(target);
        context.note({ seed, target: ranker ? names[Number(ranker[1])]! : target, ...metrics });
      }
    }
  },
} satisfies Benchmark;
