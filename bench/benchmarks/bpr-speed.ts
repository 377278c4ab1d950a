import { createKernels } from 'recograph/math';
import { bpr } from 'recograph/plugins/bpr';
import type { Benchmark } from '../harness/benchmark.ts';
import { fitTimed } from '../harness/fit.ts';
import { alternate } from '../harness/measure.ts';
import { ncfMl1m } from '../harness/ncf-ml-1m.ts';

export default {
  name: 'bpr-speed',
  about: "Training BPR, d=64, on ncf-ml-1m to implicit's NDCG@10 (its 50 epochs) or better.",
  asked: { training: { ratioAtMost: 1 }, 'ndcg@10': { ratioAtLeast: 1 } },
  needs: ['ncf-ml-1m'],
  run: async (context) => {
    const kernels = createKernels({ threads: context.threads });
    const { peer } = context;
    const config = { factors: 64, epochs: 12, ...(JSON.parse(context.args[0] ?? '{}') as object) };
    const { ours, theirs } = await alternate(
      context,
      3,
      { ours: 'recograph', theirs: 'implicit' },
      {
        ours: async (round) => {
          const { data, evaluate } = ncfMl1m(context); // anew: no round finds the dataset's matrices ready
          const { value: model, seconds, cpuSeconds } = await fitTimed(bpr, config, { kernels }, data, round + 1);
          const figures = await evaluate(model);
          model.dispose?.();
          return { seconds, cpuSeconds, ...figures };
        },
        ...(peer ? { theirs: () => peer('implicit_neighbours.py', 'bpr', context.quick ? 5 : 50) } : {}),
      },
    );
    const beside = (name: string) => theirs && { name: 'implicit', value: theirs[name]! };
    context.figure('training', ours.seconds!, 's', beside('seconds'));
    context.figure('ndcg@10', ours['ndcg@10']!, '', beside('ndcg@10'));
    await kernels.dispose();
  },
} satisfies Benchmark;
