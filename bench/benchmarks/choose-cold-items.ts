import { createRuntime } from 'recograph';
import { createKernels } from 'recograph/math';
import type { Benchmark } from '../harness/benchmark.ts';
import { ARMS, type Arm, type ArmName, armsOn } from '../harness/cold-arms.ts';
import { drawColdItems, neverCold, readColdMovies } from '../harness/cold-items.ts';
import { unpackPosters } from '../harness/posters.ts';

export default {
  name: 'choose-cold-items',
  about:
    "Extractors of cold-items, its settings and others, on films that none of its draws holds out. Arguments: an arm's name, then settings as JSON, one an argument; default: every arm as it is.",
  needs: ['sasrec-ml-1m', 'ml-1m', 'ml-1m-abstracts', 'ml-1m-posters'],
  asked: {},
  run: async (context) => {
    const [name, ...settings] = context.args;
    const arms: [string, Arm][] =
      name === undefined
        ? Object.entries(ARMS)
        : (settings.length > 0 ? settings : ['{}']).map((json) => {
            const arm: Arm = ARMS[name as ArmName];
            return 'mean' in arm
              ? [name, arm]
              : [`${name} ${json}`, { ...arm, config: { ...arm.config, ...JSON.parse(json) } }];
          });
    const needs = name === undefined || ['image-cnn', 'fusion'].includes(name) ? ['abstract', 'poster'] : ['abstract'];
    const movies = neverCold(readColdMovies(context), needs, [1, 2, 3]);
    const runtime = await createRuntime('wasm');
    const kernels = createKernels({ threads: context.threads });
    const posters = await unpackPosters(context);
    context.runtime(runtime.kind);
    for (const seed of context.seeds) {
      const fitted = await armsOn(drawColdItems(movies, needs, seed), { runtime, kernels }, posters, seed);
      for (const [label, arm] of arms)
        context.note({ seed, arm: label, ...(await fitted.figures(label, arm)).summary });
      fitted.dispose();
    }
    runtime.dispose();
    await kernels.dispose();
  },
} satisfies Benchmark;
