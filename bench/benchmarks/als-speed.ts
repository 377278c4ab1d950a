import { createKernels } from 'recograph/math';
import { als } from 'recograph/plugins/als';
import type { Benchmark } from '../harness/benchmark.ts';
import { fitTimed } from '../harness/fit.ts';
import { alternate } from '../harness/measure.ts';
import { ncfMl1m } from '../harness/ncf-ml-1m.ts';

const PUBLISHED = { regularization: 0.007, unobservedWeight: 0.3 };

export default {
  name: 'als-speed',
  about: "Training iALS on ncf-ml-1m beside implicit's (conjugate gradient, settings found at d=64).",
  asked: {
    'd=64, 15 epochs': { ratioAtMost: 0.5, aim: 0.333 },
    'd=64, 15 epochs, ndcg@10': { ratioAtLeast: 1 },
    'd=192, 12 epochs': { ratioAtMost: 0.8, aim: 0.5 },
    'd=192, 12 epochs, ndcg@10': { ratioAtLeast: 1 },
  },
  needs: ['ncf-ml-1m'],
  run: async (context) => {
    const kernels = createKernels({ threads: context.threads });
    const { peer } = context;
    const override = JSON.parse(context.args[0] ?? '{}') as object;
    for (const [factors, epochs] of [
      [64, 15],
      [192, 12],
    ] as const) {
      const { ours, theirs } = await alternate(
        context,
        3,
        { ours: 'recograph', theirs: 'implicit' },
        {
          ours: async () => {
            const { data, evaluate } = ncfMl1m(context); // anew: no round finds the dataset's matrices ready
            const config = { factors, epochs, steps: 2, ...PUBLISHED, ...override };
            const { value: model, seconds, cpuSeconds } = await fitTimed(als, config, { kernels }, data);
            const figures = await evaluate(model);
            model.dispose?.();
            return { seconds, cpuSeconds, ...figures };
          },
          ...(peer ? { theirs: () => peer('implicit_als.py', 'fit', factors, epochs) } : {}),
        },
      );
      const beside = (name: string) => theirs && { name: 'implicit', value: theirs[name]! };
      const name = `d=${factors}, ${epochs} epochs`;
      context.figure(name, ours.seconds!, 's', beside('seconds'));
      context.figure(`${name}, CPU time`, ours.cpuSeconds!, 's', beside('cpuSeconds'));
      context.figure(`${name}, ndcg@10`, ours['ndcg@10']!, '', beside('ndcg@10'));
    }
    await kernels.dispose();
  },
} satisfies Benchmark;
